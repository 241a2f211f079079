"""Dictionary files: CSV and Excel sheets of terms, one language a column.

The bytes come from outside, so this runs in a host process, and everything has a limit: bytes, rows, columns,
characters, and what an Excel file (a zip of XML) may unpack to. The first row names each column's language by its
locale tag (`en-us`), its id (`1`) or its name (`English (United States)`).
"""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from soundstage.domain.catalogue import ParsedTerm, TermTranslation
from soundstage.domain.language import LANGUAGES, Language, default_locale, find
from soundstage.errors import Fault, Invalid, TooLarge

FIELD = ("body", "dictionary_file")
MAX_BYTES = 10 << 20  # of the file
MAX_UNPACKED = 64 << 20  # bytes of all parts of an Excel file together
MAX_RATIO = 200  # unpacked to packed, of one part; spreadsheets of real words stay below 50
MAX_PARTS = 1000  # files in the zip
MAX_ROWS = 20_000
MAX_COLUMNS = 200  # 149 languages and some room for empty columns
MAX_CHARACTERS = 1000  # of one cell
MAX_FAULTS = 20  # told at once
SAVE_AS = "save it as CSV (UTF-8) or as an Excel workbook (.xlsx)"
NAMES = {language.name.casefold(): language for language in LANGUAGES}

# What zipfile and openpyxl raise on damaged bytes.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, ParseError, EOFError, NotImplementedError, RuntimeError),
    *(LookupError, ValueError, TypeError, AttributeError, OSError),
)

Row = Sequence[str]


def parse_file(path: Path, file_name: str) -> tuple[ParsedTerm, ...]:
    """The terms of a CSV or .xlsx file, in order; empty rows are left out, `file_name` is only for messages.

    What it is, its bytes say, not its name. Raises TooLarge, and Invalid with each fault's row and column.
    """
    if path.stat().st_size > MAX_BYTES:
        raise TooLarge(f"{file_name} is too large: a dictionary file may have {MAX_BYTES >> 20} MiB; split it")
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK\x03\x04"):
        return _terms(_excel_rows(path))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise _wrong(f"{file_name} is of the old Excel format (.xls) or is encrypted; {SAVE_AS}")
    return _terms(_csv_rows(path.read_bytes()))


def _terms(rows: Iterable[Row]) -> tuple[ParsedTerm, ...]:
    numbered = enumerate(rows, start=1)
    _, header = next(numbered, (1, ()))
    columns = _columns(header)
    terms: list[ParsedTerm] = []
    faults: list[Fault] = []
    for number, row in numbered:
        if number > MAX_ROWS:
            raise _wrong(f"has more than {MAX_ROWS} rows; split it into several dictionaries")
        term, wrong = _term(number, row, columns)
        faults += wrong
        if len(faults) >= MAX_FAULTS:
            break
        if term is not None:
            terms.append(term)
    if faults:
        raise Invalid(faults[:MAX_FAULTS])
    if not terms:
        raise _wrong("holds no terms below its first row; write one term in each row")
    return tuple(terms)


def _columns(header: Row) -> dict[int, Language]:
    """The language of each named column, by its place from 0. Raises Invalid."""
    found: dict[int, Language] = {}
    faults: list[Fault] = []
    for place, cell in enumerate(header):
        text = _tidy(cell)
        if not text:
            continue
        language = _language(text)
        if language is None:
            faults.append(
                _fault(1, place, f"{text[:40]!r} is not a language; write its tag such as 'en-us', or its id such as 1")
            )
        elif language in found.values():
            faults.append(_fault(1, place, f"the language {language.tag} has a column already; leave one out"))
        else:
            found[place] = language
    if faults:
        raise Invalid(faults[:MAX_FAULTS])
    if len(found) < 2:
        raise _wrong("must name at least two languages in its first row, one in each column, such as: en-us,es-es")
    return found


def _language(text: str) -> Language | None:
    if len(text) > 100:
        return None
    return find(text) or NAMES.get(text.casefold()) or default_locale(text.lower())


def _term(number: int, row: Row, columns: dict[int, Language]) -> tuple[ParsedTerm | None, list[Fault]]:
    translations: list[TermTranslation] = []
    faults: list[Fault] = []
    for place, cell in enumerate(row):
        text = _tidy(cell)
        if not text:
            continue
        if place not in columns:
            faults.append(_fault(number, place, "has text, but its first row names no language; name one or clear it"))
        elif len(text) > MAX_CHARACTERS:
            faults.append(_fault(number, place, f"has {len(text)} characters; at most {MAX_CHARACTERS} are allowed"))
        elif any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
            faults.append(_fault(number, place, "holds control characters; take them out"))
        else:
            translations.append(TermTranslation(language=columns[place].id, text=text))
    if not translations:
        return None, faults
    return ParsedTerm(translations=tuple(sorted(translations, key=lambda t: t.language))), faults


def _tidy(cell: str) -> str:
    """Runs of spaces and line breaks become one space."""
    return " ".join(cell.split())


# CSV


def _csv_rows(data: bytes) -> Iterator[Row]:
    text = _decoded(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for row in reader:
            _check_width(len(row))
            yield row
    except csv.Error as error:
        raise _wrong(f"line {reader.line_num} is not CSV ({error}); check its quotation marks") from error


def _decoded(data: bytes) -> str:
    encoding = "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _wrong(f"is neither an Excel workbook nor text in UTF-8 or UTF-16; {SAVE_AS}") from error
    if "\0" in text:
        raise _wrong(f"is not text: it holds zero bytes; {SAVE_AS}")
    return text


def _delimiter(text: str) -> str:
    """What parts most languages in the first row: comma, semicolon (many countries' Excel) or tab."""
    first = next(iter(text.splitlines()), "")[: MAX_COLUMNS * 100]
    return max(
        ",;\t", key=lambda mark: sum(_language(_tidy(cell.strip('"'))) is not None for cell in first.split(mark))
    )


# Excel


def _excel_rows(path: Path) -> Iterator[Row]:
    """The first sheet's rows. Raises Invalid."""
    import openpyxl  # noqa: PLC0415 - slow to import, and CSV does not need it

    try:
        with path.open("rb") as file:  # by its name openpyxl would judge the extension
            _check_zip(file)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about styles and validations that openpyxl leaves out
                book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                yield from _sheet_rows(book)
            finally:
                book.close()
    except UNREADABLE as error:
        raise _wrong(f"is not a readable Excel workbook ({type(error).__name__}); {SAVE_AS}") from error


def _sheet_rows(book: Any) -> Iterator[Row]:
    if not book.worksheets:
        raise _wrong("has no sheet with cells; put the terms into the first sheet")
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what the file says of its own size may be wrong
    for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1, values_only=True):
        cells = [_cell_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        _check_width(len(cells))
        yield cells


def _cell_text(cell: Any) -> str:
    """A cell as it reads: 12.0 as `12`, dates as ISO 8601."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    return str(cell)


def _check_zip(file: BinaryIO) -> None:
    """Refuse zips that would unpack to far more than a dictionary needs (zipfile never unpacks more than is declared),
    and parts with a document type, which is where XML entities are declared; openpyxl alone does not refuse them.
    """
    with zipfile.ZipFile(file) as parts:
        listed = parts.infolist()
        if len(listed) > MAX_PARTS or sum(part.file_size for part in listed) > MAX_UNPACKED:
            raise _wrong(f"unpacks to more than {MAX_UNPACKED >> 20} MiB; {SAVE_AS} with nothing but the terms")
        if any(part.file_size > MAX_RATIO * max(part.compress_size, 1024) for part in listed):
            raise _wrong(f"is packed suspiciously tightly; {SAVE_AS} with nothing but the terms")
        for part in listed:
            parser = expat.ParserCreate()
            parser.StartDoctypeDeclHandler = _refuse_doctype
            with parts.open(part) as stream, suppress(expat.ExpatError):  # a picture is no XML, and no danger
                parser.ParseFile(stream)


def _refuse_doctype(*_: object) -> None:
    raise _wrong(f"declares XML entities, which no spreadsheet needs; {SAVE_AS}")


# Faults


def _check_width(columns: int) -> None:
    if columns > MAX_COLUMNS:
        raise _wrong(f"has more than {MAX_COLUMNS} columns; keep one column for each language")


def _wrong(sentence: str) -> Invalid:
    return Invalid([Fault(FIELD, f"the file {sentence}" if sentence[0].islower() else sentence)])


def _fault(row: int, place: int, sentence: str) -> Fault:
    return Fault(FIELD, f"row {row}, column {_letters(place)}: {sentence}")


def _letters(place: int) -> str:
    """A column's name in a spreadsheet: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

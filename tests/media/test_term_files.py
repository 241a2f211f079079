"""Dictionary files: what is read, and what is refused before it does harm."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundstage.domain.catalogue import ParsedTerm, TermTranslation
from soundstage.errors import Invalid, SoundstageError, TooLarge
from soundstage.media import term_files
from soundstage.media.term_files import parse_file

EN, ES, DE = 1, 54, 31


def term(**texts: str) -> ParsedTerm:
    ids = {"en": EN, "es": ES, "de": DE}
    made = [TermTranslation(language=ids[tag], text=text) for tag, text in texts.items()]
    return ParsedTerm(translations=tuple(sorted(made, key=lambda t: t.language)))


def written(folder: Path, data: bytes | str, name: str = "terms.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def workbook(folder: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / "terms.xlsx"
    book.save(path)
    return path


def refused(path: Path) -> list[str]:
    with pytest.raises(Invalid) as told:
        parse_file(path, path.name)
    assert {fault.loc for fault in told.value.faults} == {("body", "dictionary_file")}
    return [fault.msg for fault in told.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_in_each_encoding_and_with_each_separator(tmp_path: Path, encoding: str, mark: str) -> None:
    text = mark.join(["en-us", "es-es"]) + "\r\n" + mark.join(["the sea", '"la  mar, ¡sí!"']) + "\r\n\r\n"
    assert parse_file(written(tmp_path, text.encode(encoding)), "t.csv") == (term(en="the sea", es="la mar, ¡sí!"),)


@pytest.mark.parametrize(
    "header", ["en-us,es-es", "1,54", "EN_US,es-ES", "English (United States),Spanish (Spain)", "en,es"]
)
def test_a_column_is_named_by_tag_id_name_or_code(tmp_path: Path, header: str) -> None:
    path = written(tmp_path, f"{header}\nsea,mar\n")
    assert parse_file(path, "t.csv") == (term(en="sea", es="mar"),)


def test_excel_with_numbers_dates_and_gaps(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["en-us", None, "es-es"], ["sea", None, "mar"], [], [12, None, 3.5], [True, None, None]])
    assert parse_file(path, "t.xlsx") == (term(en="sea", es="mar"), term(en="12", es="3.5"), term(en="TRUE"))


def test_what_a_file_is_its_bytes_say_not_its_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["en-us", "es-es"], ["sea", "mar"]])
    assert parse_file(path.rename(tmp_path / "terms.csv"), "terms.csv") == (term(en="sea", es="mar"),)


def test_every_fault_is_told_with_row_and_column(tmp_path: Path) -> None:
    path = written(tmp_path, f"en-us,es-es\nsea,mar,more\n{'x' * 1001},\nbell\x07,ok\n")
    assert [message.split(":")[0] for message in refused(path)] == [
        "row 2, column C", "row 3, column A", "row 4, column A",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at least two languages"),
        ("en-us\nsea\n", "at least two languages"),
        ("en-us,klingon\nsea,x\n", "row 1, column B: 'klingon' is not a language"),
        ("en-us,es-es,EN-US\nsea,mar,sea\n", "row 1, column C: the language en-us has a column already"),
        ("en-us,es-es\n,\n", "holds no terms"),
        ('en-us,es-es\n"sea,mar\n', "is not CSV"),
        ("en-us," + "9" * 5000 + "\n", "column B"),
        ("en-us,es-es\nsea,mar\0\n", "zero bytes"),
        (",".join(["en-us"] + [""] * 300), "more than 200 columns"),
        ("en-us,es-es\n" + "a,b\n" * 20_000, "more than 20000 rows"),
    ],
)
def test_bad_text_is_refused_with_the_reason(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(written(tmp_path, text))[0]


def test_other_encodings_are_refused_with_the_cure(tmp_path: Path) -> None:
    assert "UTF-8" in refused(written(tmp_path, "en-us,es-es\nsea,sí\n".encode("latin-1")))[0]


def test_old_excel_is_refused_with_the_cure(tmp_path: Path) -> None:
    assert ".xlsx" in refused(written(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)))[0]


def test_a_file_over_the_limit_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(term_files.MAX_BYTES + 1)
    with pytest.raises(TooLarge):
        parse_file(path, "huge.csv")


def replaced(path: Path, part: str, data: bytes) -> Path:
    """The zip with one part's bytes changed."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()} | {part: data}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>"""


@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"]
)
def test_xml_entities_are_refused(tmp_path: Path, part: str) -> None:
    path = replaced(workbook(tmp_path, [["en-us", "es-es"], ["sea", "mar"]]), part, BILLION_LAUGHS)
    assert "entities" in refused(path)[0]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["en-us", "es-es"], ["sea", "mar"]])
    assert "MiB" in refused(replaced(path, "xl/media/big.bin", bytes(term_files.MAX_UNPACKED + 1)))[0]
    assert "tightly" in refused(replaced(path, "xl/media/big.bin", bytes(20 << 20)))[0]


def test_a_sheet_that_lies_about_its_size_stays_within_the_limits(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["en-us", "es-es"], ["sea", "mar"]])
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    assert "more than 20000 rows" in refused(replaced(path, "xl/worksheets/sheet1.xml", far))[0]


@pytest.fixture(scope="module")
def whole_workbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Of the same length each time: openpyxl writes the time of day into the properties."""
    path = workbook(tmp_path_factory.mktemp("whole"), [["en-us", "es-es"], ["sea", "mar"]])
    return replaced(path, "docProps/core.xml", b"<coreProperties/>").read_bytes()


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_damaged_workbooks_never_fail_in_another_way(
    tmp_path_factory: pytest.TempPathFactory, whole_workbook: bytes, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    whole = bytearray(whole_workbook)
    for place in data.draw(st.lists(st.integers(4, len(whole) - 1), min_size=1, max_size=5)):
        whole[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(8, len(whole)))
    try:
        parse_file(written(folder, bytes(whole[:cut]), "damaged.xlsx"), "damaged.xlsx")
    except SoundstageError as error:
        assert isinstance(error, Invalid)


cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30).map(
    lambda text: " ".join(text.split())
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=20).filter(lambda rows: any(any(row) for row in rows)))
def test_what_was_written_as_csv_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("en-us", "es-es"), *rows])
    read = parse_file(written(tmp_path_factory.mktemp("csv"), text.getvalue()), "t.csv")
    expected = [{EN: en, ES: es} for en, es in rows if en or es]
    assert [{t.language: t.text for t in found.translations} for found in read] == [
        {language: text for language, text in row.items() if text} for row in expected
    ]

"""Three-letter language codes, as media files carry them, in the codes that the rest of Soundstage uses."""

from __future__ import annotations

from types import MappingProxyType

# ISO 639-2: bibliographic and terminological codes, and the ISO 639-3 codes of languages spoken under one name.
_TABLE = """
    af afr   am amh   ar ara   az aze   bg bul   bn ben   bs bos   ca cat   cs cze,ces   cy wel,cym   da dan
    de ger,deu   el gre,ell   en eng   es spa   et est   eu baq,eus   fa per,fas   fi fin   fil fil   fr fre,fra
    ga gle   gl glg   gu guj   he heb   hi hin   hr hrv,scr   hu hun   hy arm,hye   id ind   is ice,isl   it ita
    ja jpn   jv jav   ka geo,kat   kk kaz   km khm   kn kan   ko kor   lo lao   lt lit   lv lav   mk mac,mkd
    ml mal   mn mon   mr mar   ms may,msa   mt mlt   my bur,mya   nb nob,nor,nno   ne nep   nl dut,nld   pa pan
    pl pol   ps pus   pt por   ro rum,ron   ru rus   sa san   si sin   sk slo,slk   sl slv   so som   sq alb,sqi
    sr srp,scc   su sun   sv swe   sw swa   ta tam   te tel   th tha   tl tgl   tr tur   uk ukr   ur urd   uz uzb
    vi vie   zh chi,zho,cmn,yue   zu zul
"""
_WORDS = _TABLE.split()
_CODES = MappingProxyType(
    {three: two for two, threes in zip(_WORDS[::2], _WORDS[1::2], strict=True) for three in threes.split(",")}
)


def short_code(tag: str) -> str:
    """The code of a media file's language tag (`eng`, `en`, `en-US` → `en`); what is unknown stays as it is."""
    code = tag.strip().lower().replace("_", "-").split("-", 1)[0]
    return _CODES.get(code, code)


def long_codes(code: str) -> tuple[str, ...]:
    """The three-letter codes of a two-letter one (`fr` → `fre`, `fra`); () where it is unknown."""
    return tuple(three for three, two in _CODES.items() if two == code)

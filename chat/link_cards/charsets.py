"""Decodes pages: by what the server says, by their own mark, else as UTF-8."""

import codecs
import re

# Python names for what the web uses. Others, such as punycode, take long or are no charsets.
KNOWN = frozenset(
    "ascii big5 big5hkscs cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp866"
    " cp874 euc_jp euc_kr gb18030 gb2312 gbk iso2022_jp iso8859-1 iso8859-10 iso8859-13"
    " iso8859-14 iso8859-15 iso8859-16 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6"
    " iso8859-7 iso8859-8 iso8859-9 koi8-r koi8-u mac-roman shift_jis tis-620 utf-16 utf-16-be"
    " utf-16-le utf-8".split()
)
AS_BROWSERS_DO = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
MARK = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w:.-]{1,40})", re.IGNORECASE
)
SEARCHED_BYTES = 1024  # as the HTML standard has it


def decode(body: bytes, charset: str) -> str:
    """The text of a page. What is no character becomes U+FFFD."""
    return body.decode(_marked(body) or _known(charset) or _declared(body) or "utf-8", "replace")


def _marked(body: bytes) -> str:
    return next((name for mark, name in MARKS.items() if body.startswith(mark)), "")


def _declared(body: bytes) -> str:
    found = MARK.search(body[:SEARCHED_BYTES])
    name = _known(found[1].decode("ascii", "replace")) if found else ""
    return "utf-8" if name.startswith("utf-16") else name  # it has just been read as ASCII


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name).name if name and name.isascii() else ""
    except (LookupError, ValueError):
        return ""
    return AS_BROWSERS_DO.get(codec, codec) if codec in KNOWN else ""

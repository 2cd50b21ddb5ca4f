"""Bytes to text: the order of guesses that loses the fewest characters, and what is no text."""

import codecs
import re
from email.message import Message

# How long a prefix of the body is searched for a declaration. The HTML standard says 1,024 bytes;
# real pages put scripts and comments before it.
PRESCAN = 4096

# The legacy encodings of the WHATWG Encoding standard, by every label that is in use, and the codec
# that reads them as browsers do. UTF-8, latin-1 and cp1252 are missing on purpose: a page that
# declares one of the three is so often another of the three that the declaration says nothing.
_LEGACY = {
    "ibm866": "cp866",
    "cp866": "cp866",
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"iso8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"latin{part}": f"latin{part}" for part in (2, 3, 4, 6)},
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    **{f"windows-{page}": f"cp{page}" for page in (1250, 1251, *range(1253, 1259))},
    **{f"cp{page}": f"cp{page}" for page in (1250, 1251, *range(1253, 1259))},
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "euc-jp": "euc_jp",
    "x-euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms932": "cp932",
    "windows-31j": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "windows-949": "cp949",
}
_UTF16 = {"utf-16": "utf-16-le", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}
# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(
    rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([-\w:.]{2,40})""",
    re.IGNORECASE,
)
_STRAY = "newsward-cp1252"


def decode_html(body: bytes, content_type: str | None = None) -> str:
    """The text of a page: never an error, no NUL, no lone surrogate.

    Byte-order mark, then strict UTF-8, then the declared encoding (header before page) when it is
    neither UTF-8, latin-1 nor cp1252 and the whole body decodes, then UTF-8 in which every byte
    that is not UTF-8 is read as cp1252. The order was measured in 21 cases and on 179 real pages,
    each with one stray byte.
    """
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return _clean(
                body[len(mark) :].decode(codec, _STRAY if codec == "utf-8" else "replace")
            )
    labels = (_header_label(content_type), _page_label(body))
    if "iso-2022-jp" in labels and b"\x1b" in body:
        return _clean(body.decode("iso2022_jp", "replace"))  # Plain ASCII to a UTF-8 decoder.
    if labels[0] in _UTF16 and b"\0" in body[:PRESCAN]:
        return _clean(body.decode(_UTF16[labels[0]], "replace"))
    codecs_to_try = ["utf-8", *(_LEGACY[label] for label in labels if label in _LEGACY)]
    for codec in codecs_to_try:
        try:
            return _clean(body.decode(codec))
        except UnicodeDecodeError:
            continue
    return _clean(body.decode("utf-8", _STRAY))


def _header_label(content_type: str | None) -> str:
    if not content_type:
        return ""
    header = Message()
    header["content-type"] = content_type.replace("\r", " ").replace("\n", " ")
    label = header.get_param("charset", "")
    return label.strip(" '\"").lower() if isinstance(label, str) else ""


def _page_label(body: bytes) -> str:
    declared = _META.search(body, 0, PRESCAN)
    return declared.group(1).decode("ascii", "replace").lower() if declared else ""


def _clean(text: str) -> str:
    return text.replace("\0", "")


def _stray_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", "replace"), error.end


codecs.register_error(_STRAY, _stray_bytes)


# Where a kind of file shows itself: (offset, bytes, name).
_MAGIC = (
    (0, b"\x89PNG\r\n\x1a\n", "PNG image"),
    (0, b"\xff\xd8\xff", "JPEG image"),
    (0, b"GIF87a", "GIF image"),
    (0, b"GIF89a", "GIF image"),
    (8, b"WEBP", "WEBP image"),
    (0, b"\0\0\x01\0", "icon"),
    (0, b"BM", "BMP image"),
    (0, b"II*\0", "TIFF image"),
    (0, b"MM\0*", "TIFF image"),
    (4, b"ftyp", "MP4, HEIC or AVIF media"),
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM media"),
    (0, b"OggS", "Ogg media"),
    (0, b"ID3", "MP3 audio"),
    (0, b"fLaC", "FLAC audio"),
    (0, b"FLV\x01", "Flash video"),
    (8, b"WAVE", "WAVE audio"),
    (8, b"AVI ", "AVI video"),
    (0, b"%PDF-", "PDF document"),
    (0, b"{\\rtf", "RTF document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office document"),
    (0, b"PK\x03\x04", "ZIP archive or Office document"),
    (0, b"PK\x05\x06", "ZIP archive"),
    (0, b"\x1f\x8b\x08", "gzip data"),
    (0, b"BZh", "bzip2 data"),
    (0, b"\xfd7zXZ\0", "xz data"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (0, b"Rar!\x1a\x07", "RAR archive"),
    (0, b"\x28\xb5\x2f\xfd", "zstd data"),
    (0, b"wOFF", "font"),
    (0, b"wOF2", "font"),
    (0, b"\x7fELF", "program"),
    (0, b"MZ\x90\0", "program"),
    (0, b"SQLite format 3\0", "SQLite database"),
)
_BMP_HEADER = 14
_SAMPLE = 2048
# Control characters that no text holds. NUL is judged apart: UTF-16 is full of it.
_CONTROL = bytes(set(range(1, 32)) - set(b"\t\n\v\f\r\x1b"))
_CONTROL_SHARE = 0.05


def looks_binary(body: bytes) -> str | None:
    """What kind of file the bytes are when they are no text, by their first bytes; else None."""
    for offset, magic, name in _MAGIC:
        if body.startswith(magic, offset) and (magic != b"BM" or b"\0" in body[:_BMP_HEADER]):
            return name
    sample = body[:_SAMPLE]
    if not sample or any(body.startswith(mark) for mark, _codec in _MARKS):
        return None
    controls = len(sample) - len(sample.translate(None, _CONTROL))
    return "binary data" if controls > _CONTROL_SHARE * len(sample) else None

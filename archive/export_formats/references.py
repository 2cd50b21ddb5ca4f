"""RIS, BibTeX and CSL-JSON: records as reference managers (Zotero, Mendeley, EndNote) read them."""

import json
from collections.abc import Iterable, Iterator

from archive.exported import ExportedRecord


def as_ris(records: Iterable[ExportedRecord]) -> Iterator[str]:
    """RIS as Clarivate describes it: on each line a tag, two spaces, `- ` and a value."""
    for record in records:
        yield "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in _ris(record)) + "\r\n"


def _ris(record: ExportedRecord) -> Iterator[tuple[str, str]]:
    yield "TY", "NEWS"
    yield "ID", _key(record)
    yield "TI", record.title
    for author in record.authors:
        yield "AU", author
    yield "T2", record.source_name
    if parts := _date(record.published):
        yield "PY", parts[0]
        yield "DA", "/".join([*parts, "", "", ""][:3]) + "/"
    if record.link:
        yield "UR", record.link
    yield "Y2", "/".join(_date(record.first_seen_at)) + "/"
    if record.language:
        yield "LA", record.language
    for topic in record.topics:
        yield "KW", topic
    if record.text or record.excerpt:
        yield "AB", record.text or record.excerpt
    yield "ER", ""


def as_bibtex(records: Iterable[ExportedRecord]) -> Iterator[str]:
    """BibTeX, one `@misc` a record: the only type that every style prints with an address."""
    for record in records:
        fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _bibtex(record))
        yield f"@misc{{{_key(record)},\n{fields}}}\n\n"


def _bibtex(record: ExportedRecord) -> Iterator[tuple[str, str]]:
    # Braces inside the field keep capitals, and keep "and" in a name from parting it.
    yield "title", f"{{{_tex(record.title)}}}"
    if record.authors:
        yield "author", " and ".join(f"{{{_tex(author)}}}" for author in record.authors)
    yield "howpublished", f"{{{_tex(record.source_name)}}}"
    parts = _date(record.published)
    yield from zip(("year", "month", "day"), parts, strict=False)
    if record.link:
        yield "url", _line(record.link).replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    yield "urldate", "-".join(_date(record.first_seen_at))
    if record.language:
        yield "language", _tex(record.language)
    if record.topics:
        yield "keywords", _tex(", ".join(record.topics))
    if record.text or record.excerpt:
        yield "abstract", _tex(record.text or record.excerpt)


def as_csl(records: Iterable[ExportedRecord]) -> Iterator[str]:
    """CSL-JSON, as citeproc, Pandoc and Zotero read it: one array."""
    before = "[\n"
    for record in records:
        yield before + json.dumps(_csl(record), ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _csl(record: ExportedRecord) -> dict[str, object]:
    item: dict[str, object] = {
        "id": _key(record),
        "type": "article-newspaper",
        "title": record.title,
        "container-title": record.source_name,
        "accessed": _date_parts(record.first_seen_at),
    }
    if record.link:
        item["URL"] = record.link
    if record.authors:
        item["author"] = [{"literal": author} for author in record.authors]
    if _date(record.published):
        item["issued"] = _date_parts(record.published)
    if record.language:
        item["language"] = record.language
    if record.topics:
        item["keyword"] = ", ".join(record.topics)
    if record.text or record.excerpt:
        item["abstract"] = record.text or record.excerpt
    return item


def _date_parts(moment: str | None) -> dict[str, object]:
    return {"date-parts": [[int(part) for part in _date(moment)]]}


def _date(moment: str | None) -> list[str]:
    """Year, month and day of an ISO 8601 time, as many as it has."""
    parts = (moment or "")[:10].split("-")
    return parts if all(part.isdecimal() for part in parts) else []


def _key(record: ExportedRecord) -> str:
    return f"newsward-{record.id}"


def _line(text: str) -> str:
    """On one line: in RIS a line is a field, and in BibTeX an empty line ends a paragraph."""
    return " ".join(text.split())


# BibTeX counts every brace, whatever stands before it, so that a brace becomes a command.
_TEX: dict[str, str | int | None] = {
    **{sign: f"\\{sign}" for sign in "#$%&_"},
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _tex(text: str) -> str:
    return _line(text).translate(str.maketrans(_TEX))

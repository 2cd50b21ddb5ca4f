"""An issue as Markdown, HTML or a mail; the templates are Jinja2 and may be one's own."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

import jinja2

from archive.digest.values import Issue
from archive.errors import ConfigurationError
from archive.periods import plain_date
from archive.topics.entities import ReportRoute


class Format(StrEnum):
    """What an issue can be written as."""

    MARKDOWN = "md"
    HTML = "html"
    WORD = "docx"
    MAIL = "eml"
    PDF = "pdf"


class Style(StrEnum):
    """How it is set: with contents, topics and sources, or plain as older updates were."""

    DIGEST = "digest"
    UPDATE = "update"


# What Markdown would read as more than a character; a "<" is one in every dialect.
_MARKED = re.compile(r"([\\`*_\[\]<>#|~])")
_ANGLES = re.compile(r"([\\<])")
_SAFE = "!#$%&'()*+,/:;=?@[]~-._"


def environment(folder: Path | None) -> jinja2.Environment:
    """Where templates are looked up: in `folder` first, then among those that come with newsward.

    They are called `digest.md.jinja`, `digest.html.jinja`, `update.md.jinja` and
    `update.html.jinja`; HTML is escaped by itself.
    """
    loaders: list[jinja2.BaseLoader] = [jinja2.PackageLoader("archive.digest")]
    if folder is not None:
        loaders.insert(0, jinja2.FileSystemLoader(folder))
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=jinja2.select_autoescape(("html.jinja",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"md": _markdown, "plain": _plain, "date": plain_date, "link": web_address}
    made.globals |= {"route_line": route_line}
    return made


def _markdown(text: str) -> str:
    return _MARKED.sub(r"\\\1", " ".join(text.split()))


def _plain(text: str) -> str:
    return _ANGLES.sub(r"\\\1", " ".join(text.split()))


def web_address(url: str) -> str:
    """An address that is safe as the target of a link; empty when it is none of the web."""
    return quote(url, safe=_SAFE) if url.startswith(("http://", "https://")) else ""


def route_line(route: ReportRoute) -> str:
    """What a route is for, its number where it was checked, and a word where its address was not.

    The address itself is set by each format.
    """
    number = f" Telephone {route.tel}." if route.tel and route.is_tel_checked else ""
    doubt = "" if route.is_checked or not route.url else " (address not checked)"
    return f"{route.name}{doubt}: {route.purpose}.{number}"


def render(issue: Issue, style: Style, form: Format, *, folder: Path | None = None) -> str:
    """An issue as Markdown or HTML.

    Raises:
        ConfigurationError: a template of one's own has a fault.
    """
    name = f"{style}.{form}.jinja"
    try:
        return environment(folder).get_template(name).render(issue=issue)
    except jinja2.TemplateSyntaxError as error:
        raise ConfigurationError(
            f"{error.filename or name}: line {error.lineno}: {error.message}."
        ) from error
    except (jinja2.TemplateError, TypeError, ValueError) as error:
        raise ConfigurationError(f"{name}: the template fails ({error}).") from error


def as_mail(parts: Mapping[Format, str], title: str, *, now: datetime) -> bytes:
    """A mail with a Markdown and an HTML part, not sent yet: programs open it as a draft."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = " ".join(title.split())
    mail["Date"] = format_datetime(now)
    # Outlook, Thunderbird and Apple Mail open such a file for writing.
    mail["X-Unsent"] = "1"
    mail.set_content(parts[Format.MARKDOWN], cte="quoted-printable")
    mail.add_alternative(parts[Format.HTML], subtype="html", cte="quoted-printable")
    return mail.as_bytes()

"""The quality gate: pages that came and are no article, each with the ending that says why.

A gate that throws an article away is worse than one that lets a stub through, so that every test
asks for two signs: what the page says, and that there is no article behind it (little text, no
date, no article declared).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.endings import Ending
from archive.records import Rejected
from crawler.extraction.junk import plain_line
from crawler.extraction.languages import gibberish, wrong_language
from crawler.extraction.metadata import Metadata
from crawler.extraction.table import Cell, kept, text_of

# Words. A news flash has 30 to 60; what is shorter is a caption, a form or an error. Where no date
# is declared, and none is guessed beside whole sentences, more words must speak for an article.
SHORTEST = 25
SHORTEST_UNDATED = 40
_SENTENCES, _SENTENCE_WORDS = 2, 6
_STUB = 150
_WALL = 400
_SHELL = 60
_NOTICE, _LABEL = 40, 12
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WORD = re.compile(r"\w+")
_STOP = re.compile(r"\w[\"'\u2019\u201d\u00bb)]?[.!?\u2026\u3002](?=\s|[\"'\u2019\u201d\u00bb)]|$)")

_ARTICLE_TYPES = ("article", "blogposting", "posting", "report")
_LISTING_TYPES = frozenset({"collectionpage", "searchresultspage", "itemlist", "searchaction"})
_PAGE_END = re.compile(r"</(?:body|html)\b", re.IGNORECASE)
_BOX = re.compile(r"<(/?)(?:article|div|main|section|table)\b", re.IGNORECASE)
# Characters at the end of a page where its end is looked for first.
_LAST = 500
_OPEN_BOXES, _MOST_OPEN = 2, 200
_LISTING_ITEMS = 5
_LINKED = 0.5

_GONE_TITLE = re.compile(
    r"(?:(?:error|http|oops|sorry|whoops|uh oh)\W*)*(?:"
    r"(?:error )?(?:404|410)(?:\W*(?:error|page|not found|file|gone|-))*"
    r"|(?:the |this |that )?(?:page|article|story|content|post|url|link|resource|file)\b.{0,40}"
    r"(?:not found|not be found|isn't available|is not available|not available|unavailable"
    r"|no longer (?:exists?|available)|does(?:n't| not) exist|gone|has been removed|missing)"
    r"|(?:page|file )?not found|page missing|nothing (?:was )?found|access denied|forbidden"
    r"|we (?:can't|couldn't|cannot|could not) find (?:that|this|the) page.{0,30}"
    r"|(?:die )?seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)"
    r"|página no encontrada|pagina non trovata|pagina niet gevonden|página não encontrada"
    r")[\W\d]*",
    re.IGNORECASE,
)
_GONE_TEXT = re.compile(
    r"\b(?:page|article|story|content|url|link)\b.{0,60}\b(?:looking for|requested|tried to "
    r"(?:reach|view|open)|followed)\b.{0,80}\b(?:not (?:be )?found|n't (?:be )?found|not exist"
    r"|n't exist|no longer|moved|removed|deleted|unavailable|expired)",
    re.IGNORECASE,
)
_CONSENT_TITLE = re.compile(
    r"(?:before you continue(?: to .{2,40})?|cookie consent|cookies?|cookie (?:policy|settings|"
    r"preferences|notice)|(?:we value )?your privacy(?: choices| settings)?|we (?:care about|value|"
    r"respect) your privacy|privacy (?:settings|preferences|notice)|consent"
    r"|datenschutzeinstellungen|zustimmung|consentement|privacy-?instellingen)[\W]*",
    re.IGNORECASE,
)
_CONSENT_WORDS = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"\bcookies?\b",
        r"\bour (?:\d+ )?partners\b|\bpartnern\b|\bpartenaires\b",
        r"\b(?:accept|reject|allow|agree)(?: to)? all\b|\balle akzeptieren\b|\btout accepter\b",
        r"\blegitimate interests?\b|\bvendors?\b|\bconsent\b|\beinwilligung\b",
        r"\bpersonali[sz]ed (?:ads|content|advertising)\b|\baudience (?:research|insights)\b",
        r"\b(?:manage|change|withdraw)\b.{0,30}\b(?:choices|preferences|settings|consent)\b",
        r"\bstore and/or access\b|\bpersonal data\b|\bprivacy policy\b",
    )
)  # fmt: skip
_CONSENT_SIGNS = 4
_LOGIN_TITLE = re.compile(
    r"(?:please )?(?:log ?-?in|sign ?-?in|login|register|registration|create (?:an )?account|"
    r"sign ?-?up|my account|account login|member login|members? (?:area|only)|password reset|"
    r"forgotten? password|authentication required|anmelden|einloggen|connexion|iniciar sesión|"
    r"accedi|inloggen)(?: (?:to|or|and|with|bei|à)\b.{0,40})?[\W]*",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"\b(?:enable|turn on|activate|allow|need|requires?|without|with)\b.{0,30}\bjavascript\b"
    r"|\bjavascript\b.{0,60}\b(?:enabled?|disabled|required|turned off|aktivier|activ)"
    r"|\bchecking (?:if the site connection|your browser)\b|\bverify(?:ing)? you are (?:a )?human\b"
    r"|\bjust a moment\b|\bbrowser (?:is not|isn't) supported\b",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"\b(?:subscribe|register|log in|sign in|sign up|create (?:a |an )?(?:free )?account)\b.{0,40}"
    r"\b(?:to|and) (?:continue|keep|finish|read|unlock|access|view)\b"
    r"|\bto (?:continue|keep) reading\b|\bcontinue reading (?:this|with)\b"
    r"|\bread the (?:full|rest)\b"
    r"|\b(?:article|story|content|text) is (?:for|only for|exclusive to|reserved for|available "
    r"(?:only )?(?:to|for)) (?:paying |our |registered )?(?:subscribers|members|premium)\b"
    r"|\b(?:subscriber|premium|members?)[- ](?:only|exclusive)\b"
    r"|\balready a (?:subscriber|member)\b"
    r"|\bunlock (?:this|the) (?:article|story)\b|\bfree articles? (?:left|remaining|this month)\b"
    r"|\bweiterlesen mit\b|\bjetzt (?:weiterlesen|abonnieren)\b|\bréservée? aux abonnés\b"
    r"|\bsolo para suscriptores\b|\bper gli abbonati\b|\balleen voor abonnees\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the tree shows besides its text, read before anything is stripped."""

    has_password: bool
    is_shell: bool
    notices: tuple[str, ...]
    og_type: str
    is_cut: bool = False


def read_facts(tree: HtmlElement, text: str = "") -> Facts:
    """The signs of forms, of pages that scripts build and, in the page's `text`, of half pages."""
    return Facts(
        is_cut=is_cut(text),
        has_password=any(field.get("type") == "password" for field in tree.iter("input")),
        is_shell=any(
            (box.get("id") or "").lower() in {"root", "app", "__next", "__nuxt", "app-root"}
            and not "".join(box.itertext()).strip()
            for box in tree.iter("div")
        ),
        notices=tuple(" ".join("".join(box.itertext()).split()) for box in tree.iter("noscript")),
        og_type=next(
            (
                (meta.get("content") or "").lower()
                for meta in tree.iter("meta")
                if meta.get("property") == "og:type"
            ),
            "",
        ),
    )


def is_cut(text: str) -> bool:
    """Whether a page breaks off: no end of body or page, and a tag or two boxes left open.

    The end tags may be left out, and so may those of paragraphs and lists; those of boxes may not.
    A page with hundreds of open boxes never closes them, and may be whole.
    """
    if _PAGE_END.search(text, max(0, len(text) - _LAST)) or _PAGE_END.search(text):
        return False
    opened = sum(-1 if box.group(1) else 1 for box in _BOX.finditer(text))
    return _OPEN_BOXES <= opened <= _MOST_OPEN or text.rfind("<") > text.rfind(">")


def judge(
    metadata: Metadata, cells: Sequence[Cell], facts: Facts, languages: Iterable[str] = ()
) -> Rejected | None:
    """Why a page is no article, or None when it is one.

    `languages` are those that its source is listed with; without any, all are welcome.
    """
    page = _Page(
        title=plain_line(metadata.title),
        words=sum(count_words(cell.text) for cell in kept(cells)),
        is_declared=_is_declared(metadata, facts),
        is_told=metadata.published is not None and _sentences(cells) >= _SENTENCES,
        is_dated=metadata.published is not None and metadata.published_source != "text",
        cells=tuple(cells),
    )
    return (
        _gone(page)
        or _consent(page)
        or _login(page, facts)
        or _script_only(page, facts)
        or _paywall(page, metadata)
        or _listing(page, metadata, cells)
        or _no_title(page)
        or _too_short(page)
        or _half(page, facts)
        or _unreadable(page, languages, metadata.language)
    )


def _sentences(cells: Iterable[Cell]) -> int:
    long = (cell.text for cell in kept(cells) if cell.text.count(" ") >= _SENTENCE_WORDS - 1)
    return sum(len(_STOP.findall(text)) for text in long)


def count_words(text: str) -> int:
    """Words, and half the characters of scripts that write no spaces between words."""
    dense = len(_CJK.findall(text))
    return len(_WORD.findall(_CJK.sub(" ", text))) + dense // 2


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    title: str
    words: int
    is_told: bool
    is_declared: bool
    is_dated: bool
    cells: tuple[Cell, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All that can be read on the page."""
        return tuple(plain_line(cell.text) for cell in self.cells)

    @property
    def notices(self) -> tuple[str, ...]:
        """The lines that can be a notice to the reader rather than the article's own prose."""
        told = ((cell, plain_line(cell.text)) for cell in self.cells)
        return tuple(line for cell, line in told if _is_notice(cell, line))

    @property
    def is_trusted(self) -> bool:
        """Whether the page both calls itself an article and carries a date."""
        return self.is_declared and self.is_dated


def _is_notice(cell: Cell, line: str) -> bool:
    # In the article's own prose a paywall is a subject, beside it or as a label it is one.
    limit = _LABEL if cell.rule is None else _NOTICE
    return line.count(" ") < limit


def _is_declared(metadata: Metadata, facts: Facts) -> bool:
    named = any(
        name.endswith(_ARTICLE_TYPES) and name not in _LISTING_TYPES
        for name in metadata.claims.types
    )
    return named or facts.og_type in {"article", "news.article", "blog"}


def _gone(page: _Page) -> Rejected | None:
    if _GONE_TITLE.fullmatch(page.title) and not (page.is_trusted and page.words > _STUB):
        return Rejected(ending=Ending.SOFT_404, detail=f"titled {page.title!r}")
    said = None if page.is_dated or page.words > _STUB else _first(_GONE_TEXT, page.lines)
    return Rejected(ending=Ending.SOFT_404, detail=said) if said else None


def _consent(page: _Page) -> Rejected | None:
    if page.is_trusted or page.words > _WALL:
        return None
    if _CONSENT_TITLE.fullmatch(page.title):
        return Rejected(ending=Ending.CONSENT_WALL, detail=f"titled {page.title!r}")
    text = " ".join(page.lines)
    signs = sum(1 for sign in _CONSENT_WORDS if sign.search(text))
    if signs < _CONSENT_SIGNS or page.is_dated or count_words(text) > _WALL:
        return None
    return Rejected(ending=Ending.CONSENT_WALL, detail=f"{signs} phrases of a consent form")


def _login(page: _Page, facts: Facts) -> Rejected | None:
    if page.is_dated or page.words > _STUB:
        return None
    if _LOGIN_TITLE.fullmatch(page.title):
        return Rejected(ending=Ending.LOGIN, detail=f"titled {page.title!r}")
    if facts.has_password and page.words < _SHELL and not page.is_told:
        return Rejected(ending=Ending.LOGIN, detail="a password field and little text")
    return None


def _script_only(page: _Page, facts: Facts) -> Rejected | None:
    if page.words >= _SHELL:
        return None
    said = _first(_SCRIPT, (page.title, *page.lines, *facts.notices))
    if said and not (page.is_trusted and page.words >= SHORTEST_UNDATED):
        return Rejected(ending=Ending.SCRIPT_ONLY, detail=said)
    if facts.is_shell and page.words < SHORTEST:
        return Rejected(ending=Ending.SCRIPT_ONLY, detail="an empty box for a script to fill")
    return None


def _paywall(page: _Page, metadata: Metadata) -> Rejected | None:
    if page.words >= _STUB:
        return None
    if metadata.claims.free is False:
        return Rejected(
            ending=Ending.PAYWALL_STUB, detail=f"declared as not free, {page.words} words"
        )
    said = _first(_PAYWALL, page.notices)
    return Rejected(ending=Ending.PAYWALL_STUB, detail=said) if said else None


def _listing(page: _Page, metadata: Metadata, cells: Sequence[Cell]) -> Rejected | None:
    if page.is_declared:
        return None
    declared = metadata.claims.types & _LISTING_TYPES
    if "collectionpage" in declared or "searchresultspage" in declared:
        return Rejected(ending=Ending.LISTING, detail="declared as a collection")
    article = kept(cells)
    linked = [cell for cell in article if cell.block.link_share >= _LINKED]
    in_links = sum(len(cell.text) for cell in linked)
    if len(linked) >= _LISTING_ITEMS and in_links > _LINKED * sum(len(c.text) for c in article):
        return Rejected(ending=Ending.LISTING, detail=f"{len(linked)} blocks are links")
    return None


def _no_title(page: _Page) -> Rejected | None:
    if page.title:
        return None
    return Rejected(ending=Ending.NO_TITLE, detail=f"{page.words} words")


def _too_short(page: _Page) -> Rejected | None:
    least = SHORTEST if page.is_dated or page.is_told else SHORTEST_UNDATED
    if page.words >= least:
        return None
    return Rejected(ending=Ending.TOO_SHORT, detail=f"{page.words} words, {least} are needed")


def _half(page: _Page, facts: Facts) -> Rejected | None:
    # A page that breaks off behind its article has all of it.
    if facts.is_cut and page.cells[-1].rule is None:
        end = page.cells[-1].text[-40:]
        return Rejected(ending=Ending.HALF_PAGE, detail=f"it breaks off after {end!r}")
    return None


def _unreadable(page: _Page, languages: Iterable[str], declared: str | None) -> Rejected | None:
    text = text_of(page.cells)
    found = gibberish(text)
    if found:
        return Rejected(ending=Ending.GIBBERISH, detail=found)
    listed = tuple(languages)
    other = wrong_language(text, listed, declared) if listed else None
    if other is None:
        return None
    told = f"{other}, the source is listed with {', '.join(listed)}"
    return Rejected(ending=Ending.WRONG_LANGUAGE, detail=told)


def _first(pattern: re.Pattern[str], lines: Iterable[str]) -> str | None:
    found = next((match for line in lines if (match := pattern.search(line))), None)
    return f"it says {found.group()[:80]!r}" if found else None

"""Addresses: one canonical form, and the test of belonging to the same site."""

import functools
import ipaddress
import re
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

import idna
import tldextract

# Parameters that say how a reader came, never what is shown. Names, then prefixes.
TRACKING = frozenset(
    {
        "fbclid",
        "gclid",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "mc_cid",
        "mc_eid",
        "igshid",
        "yclid",
        "twclid",
        "ttclid",
        "_hsenc",
        "_hsmi",
        "mkt_tok",
        "ocid",
        "cmpid",
        "wt.mc_id",
        "s_cid",
        "ns_mchannel",
        "ns_source",
        "ns_campaign",
        "phpsessid",
        "jsessionid",
        "sessionid",
    }
)
TRACKING_PREFIXES = ("utm_", "at_medium", "at_campaign", "pk_", "mtm_", "hsa_")
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_LENGTH = 2083

# The list that ships with the package: nothing is downloaded. Private suffixes count, so that two
# blogs on one blogging host are two sites.
_extract = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
)


def canonical_url(url: str) -> str | None:
    """The one form of an address under which we know it, or None when it is no web address.

    Scheme and host in lower case (IDNA), default port, fragment, user name, tracking and session
    parameters gone, dot segments resolved, escapes normalised. The order of the other parameters
    and a trailing slash are kept: servers may tell them apart. Idempotent.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        path, query = _normal_escapes(parts.path), _normal_escapes(parts.query)
    except ValueError:  # a port or host that is none; half a character (UnicodeEncodeError)
        return None
    host = _ascii_host(parts)
    if parts.scheme not in DEFAULT_PORTS or host is None:
        return None
    netloc = host if port in {None, DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"
    result = urlunsplit((parts.scheme, netloc, _plain_path(path), _without_tracking(query), ""))
    return result if len(result) <= MAX_LENGTH else None


def host_of(url: str) -> str:
    """The host of an address, lower case, with its port when it is not the usual one; else ""."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2].lower()
    if port is None or port == DEFAULT_PORTS.get(parts.scheme):
        host = re.sub(r":\d*$", "", host)
    return host


@functools.lru_cache(maxsize=4096)
def site_of(host: str) -> str:
    """The registered domain of a host; the host itself where there is none (loopback, numbers)."""
    name = re.sub(r":\d*$", "", host)
    return _extract(name).top_domain_under_public_suffix or name


_MEDIA = re.compile(
    r"\.(?:avif|bmp|gif|heic|ico|jpe?g|jfif|png|svg|tiff?|webp|aac|flac|m4a|mp3|oga|ogg|opus|wav"
    r"|3gp|avi|flv|m3u8|m4v|mkv|mov|mp4|mpe?g|ogv|ts|webm|wmv)$",
    re.IGNORECASE,
)


def names_media(url: str) -> bool:
    """Whether an address ends as one of a picture, a sound or a film does."""
    return _MEDIA.search(urlsplit(url).path) is not None


def same_site(url: str, other: str) -> bool:
    """Whether two addresses stand under one registered domain."""
    site = site_of(host_of(url))
    return bool(site) and site == site_of(host_of(other))


_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")


def _ascii_host(parts: SplitResult) -> str | None:
    if "\\" in parts.netloc:  # browsers end the host there, urlsplit does not
        return None
    host = parts.hostname or ""
    if "[" in parts.netloc:
        return _ipv6_host(host)
    if not host.isascii():
        try:
            # Not Python's own "idna", which would turn straße.example into another host.
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    host = host.removesuffix(".")
    return host if _HOST.fullmatch(host) else None


def _ipv6_host(host: str) -> str | None:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        return None
    return None if address.scope_id else f"[{address.compressed}]"


_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)


def _plain_path(path: str) -> str:
    segments = _SESSION.sub("", path).split("/")[1:]
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in {".", ".."}:
        kept.append("")
    # A path of "//x" would be read as another host.
    return "/" + "/".join(kept).lstrip("/")


_SAFE = "/:@!$&'()*+,;=~-._?"
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile(r"[A-Za-z0-9~._-]")


def _normal_escapes(text: str) -> str:
    # Unreserved characters are written plainly, what must be escaped is escaped in upper case.
    done, end = [], 0
    for escape in _ESCAPE.finditer(text):
        done += [quote(text[end : escape.start()], safe=_SAFE), _one_escape(escape.group())]
        end = escape.end()
    return "".join([*done, quote(text[end:], safe=_SAFE)])


def _one_escape(escape: str) -> str:
    plain = unquote(escape, errors="replace")
    return plain if _UNRESERVED.fullmatch(plain) else escape.upper()


def _without_tracking(query: str) -> str:
    # Pieces are kept as they were written: a server may read "+" and "%20" differently.
    return "&".join(piece for piece in query.split("&") if piece and not _is_tracking(piece))


def _is_tracking(piece: str) -> bool:
    name = piece.partition("=")[0].lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)

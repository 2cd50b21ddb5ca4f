"""Addresses: one canonical form, and the test of belonging to the same site."""

import functools
import re
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

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
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not host:
        return None
    ascii_host = _ascii_host(host)
    if ascii_host is None:
        return None
    netloc = ascii_host if port in {None, DEFAULT_PORTS[scheme]} else f"{ascii_host}:{port}"
    path = _normal_escapes(
        urljoin(f"{scheme}://h/", _one_root(parts.path)).removeprefix(f"{scheme}://h")
    )
    result = urlunsplit((scheme, netloc, path or "/", _without_tracking(parts.query), ""))
    return result if len(result) <= MAX_LENGTH else None


def host_of(url: str) -> str:
    """The host of an address with its port when it is not the usual one, lower case."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


@functools.lru_cache(maxsize=4096)
def site_of(host: str) -> str:
    """The registered domain of a host; the host itself where there is none (loopback, numbers)."""
    name = host.partition(":")[0] if not host.startswith("[") else host
    return _extract(name).top_domain_under_public_suffix or name


def same_site(url: str, other: str) -> bool:
    """Whether two addresses stand under one registered domain."""
    return site_of(host_of(url)) == site_of(host_of(other))


def _ascii_host(host: str) -> str | None:
    if ":" in host:
        return f"[{host.lower()}]"
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_host = host.lower()
    return ascii_host if re.fullmatch(r"[a-z0-9._-]+", ascii_host) else None


def _one_root(path: str) -> str:
    # A path of "//x" would be read as another host.
    return re.sub(r"^/{2,}", "/", path) or "/"


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
    kept = [piece for piece in query.split("&") if piece and not _is_tracking(piece)]
    return _normal_escapes("&".join(kept))


def _is_tracking(piece: str) -> bool:
    name = piece.partition("=")[0].lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)

"""Timestamps as RFC 3161 has them: what is asked of an authority, and what its answer proves.

An authority signs a hash together with the time. Ours is over the manifest hash of a run, as the
text of its 64 hexadecimal digits and a line feed: a file that `openssl ts` can be given.
"""

import hashlib
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from archive.errors import ConfigurationError

_NEEDS = (
    "Give the certificates that the authority's own must lead to with --ca FILE.pem; it publishes"
    " them."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StampRequest:
    """A request to an authority, DER, and the nonce that its answer must repeat."""

    nonce: str
    der: bytes


class NotProvedError(Exception):
    """An answer that does not prove what it should; the message says why, in words."""


def stamped_data(manifest_hash: str) -> bytes:
    """What of a run is stamped, as the file that `openssl ts -verify -data` is given."""
    return f"{manifest_hash}\n".encode()


def request_for(manifest_hash: str) -> StampRequest:
    """A new request: sha256, with a nonce, asking for the authority's certificate."""
    builder = TimestampRequestBuilder().data(stamped_data(manifest_hash))
    request = (
        builder.hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
    ).build()
    return StampRequest(nonce=str(request.nonce), der=request.as_bytes())


def asks_for(request: bytes, *, manifest_hash: str, nonce: str) -> bool:
    """Whether a request is one for this run with this nonce."""
    number = int(nonce)
    signed = number.to_bytes(number.bit_length() // 8 + 1, "big")  # DER: INTEGER has a sign bit
    return request.endswith(bytes([2, len(signed)]) + signed + b"\x01\x01\xff") and (
        hashlib.sha256(stamped_data(manifest_hash)).digest() in request
    )


def nonce_of(response: bytes) -> str | None:
    """The nonce that an answer repeats, None when it has none.

    Raises:
        NotProvedError: it is no answer, or says that nothing was stamped.
    """
    with _what_cannot_be_read_proves_nothing():
        nonce: int | None = _token(response).tst_info.nonce  # typed as never None; it may be
    return None if nonce is None else str(nonce)


def proved_time(response: bytes, *, manifest_hash: str, nonce: str, roots: str | None) -> str:
    """The time that an answer proves for a run, ISO 8601 UTC.

    `roots` are certificates in PEM, None for those of the system. The certificates are judged as
    of that time: a proof does not expire with them.

    Raises:
        NotProvedError: signature, hash, nonce or chain of certificates are not what they must be.
        ConfigurationError: `roots` has no certificate, or the system has none.
    """
    trusted = certificates(roots)
    with _what_cannot_be_read_proves_nothing():
        answer = _token(response)
        builder = VerifierBuilder(nonce=int(nonce), roots=trusted)
        builder.build().verify_message(answer, stamped_data(manifest_hash))
        return answer.tst_info.gen_time.strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def _what_cannot_be_read_proves_nothing() -> Iterator[None]:
    """An answer is read bit by bit, and each bit may be broken: all of that is one error here."""
    try:
        # A certificate with a strange serial number is warned of before it is judged.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            yield
    except (VerificationError, ValueError, x509.InvalidVersion, UnsupportedAlgorithm) as error:
        raise NotProvedError(" ".join(str(error).split()).rstrip(".")) from error


def _token(response: bytes) -> TimeStampResponse:
    try:
        answer = decode_timestamp_response(_in_order(response))
        status, said = answer.status, "; ".join(answer.status_string)
    except ValueError as error:
        raise NotProvedError("it is no answer of a timestamp authority") from error
    if status not in {0, 1}:  # RFC 3161, 2.4.2: granted, granted with modifications
        raise NotProvedError(f"the authority refused ({said or f'status {status}'})")
    return answer


def _in_order(response: bytes) -> bytes:
    """The same answer, its certificates in the order that DER asks for (X.690, 11.6).

    OpenSSL writes them as they come, and the library reads DER only. They are no part of what is
    signed. What cannot be read comes back as it is.
    """
    try:
        start, end = 0, len(response)
        # TimeStampResp, its token, its content, SignedData, the certificates: RFC 3161 and 5652.
        for place in (0, 1, 1, 0, 3):
            tag, start, end = _parts(response, start, end)[place]
        if tag != _CERTIFICATES:
            return response
        parts = _parts(response, start, end)
    except (IndexError, ValueError):
        return response
    begins = [start, *(stop for _, _, stop in parts)]
    whole = sorted(response[a:b] for a, b in pairwise(begins))
    return response[:start] + b"".join(whole) + response[end:]


_CERTIFICATES = 0xA0
_LONG = 0x80


def _parts(data: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    """Tag, begin and end of each value that stands one after the other there."""
    parts = []
    while start < end:
        tag, length, start = data[start], data[start + 1], start + 2
        if length >= _LONG:
            size = length - _LONG
            length, start = int.from_bytes(data[start : start + size], "big"), start + size
        if start + length > end:
            raise ValueError("a value is longer than what it stands in")
        parts.append((tag, start, start + length))
        start += length
    return parts


def certificates(roots: str | None) -> list[x509.Certificate]:
    """The certificates of a PEM text, None for those that this system trusts.

    Raises:
        ConfigurationError: there is none.
    """
    if roots is None:
        bundle = ssl.get_default_verify_paths().cafile
        if bundle is None:
            raise ConfigurationError(f"This system has no list of certificates. {_NEEDS}")
        roots = Path(bundle).read_text(encoding="utf-8", errors="replace")
    try:
        with warnings.catch_warnings():
            # Among those of a system are old ones with a serial number that is none any more.
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            return x509.load_pem_x509_certificates(roots.encode())
    except ValueError as error:
        raise ConfigurationError(f"There is no certificate in PEM form here. {_NEEDS}") from error

"""The one door to the network: https alone, every answer timed and bounded, patience with what may pass."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import cache
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from attrs import frozen

from dcpermit.errors import LandError
from dcpermit.lands.fetch.remote import check_address, is_loopback
from dcpermit.version import VERSION

Answer = HTTPResponse
"""What a server answers; its body is read by ``pieces`` or ``read_at_most`` alone."""
AGENT = f"dcpermit/{VERSION}"
Progress = Callable[[int, int | None, str], None]
"""Told how much is there, of how much (None where nobody says), counted in what: ``bytes`` or ``features``."""

_BLOCK = 1 << 16
_LONGEST_PAUSE_S = 120.0


class Passing(Exception):
    """
    A trouble that may be gone in a moment: a connection cut, a server too busy, an answer that is not whole.

    It never leaves the modules that fetch; what does not pass becomes a LandError.
    """

    def __init__(self, what: str, code: int = 0, after_s: float = 0.0) -> None:
        super().__init__(what)
        self.code = code
        self.after_s = after_s


@frozen
class Patience:
    """
    How long a server is waited for, and how often it is asked again.

    Attributes:
        pauses: What is waited before each new attempt; there are as many of these [s].
        timeout_s: How long a server may be silent [s].
        sleep: What waits; another is given in tests.
    """

    pauses: tuple[float, ...] = (1.0, 2.0, 5.0, 15.0, 30.0)
    timeout_s: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    def wait(self, attempt: int, trouble: Passing) -> None:
        """Waits before another attempt, longer if the server asked for it, but never more than two minutes."""
        own = self.pauses[min(attempt, len(self.pauses) - 1)] if self.pauses else 0.0
        self.sleep(max(own, min(trouble.after_s, _LONGEST_PAUSE_S)))


def opened(
    key: str, url: str, patience: Patience, headers: Mapping[str, str] | None = None, data: bytes | None = None
) -> Answer:
    """
    Opens an address, by https and with the certificate verified, through every redirect.

    Args:
        key: The layer, which an error points at.
        url: The address.
        patience: How long a server may be silent.
        headers: What to send beside the name of this library.
        data: What to post; None to get.

    Returns:
        The answer, whose body has not been read; the caller closes it.

    Raises:
        Passing: If it may go better in a moment.
        LandError: If the address, or one it leads to, is not https, or the server refuses.
    """
    check_address(url, key)
    sent = {"User-Agent": AGENT, "Accept-Encoding": "identity", **(headers or {})}
    opener = build_opener(HTTPSHandler(context=_certificates()), _Redirects(key))
    try:
        answer: Answer = opener.open(Request(url, data=data, headers=sent), timeout=patience.timeout_s)
    except HTTPError as error:
        with closing(error):
            said = f"{url} answered {error.code} {error.reason}"
            if error.code in (408, 416, 429) or error.code >= 500:
                raise Passing(said, error.code, _seconds(error.headers.get("Retry-After"))) from None
            by_hand = f"; if a browser gets it, download it by hand, then run: dcpermit lands fetch {key} --from PATH"
            raise LandError(key, said + (by_hand if error.code in (401, 403) else "")) from None
    except URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            host = urlsplit(url).hostname
            said = f"the certificate of {host} cannot be verified ({error.reason.verify_message}); nothing was fetched"
            raise LandError(key, said) from None
        raise Passing(f"{url} cannot be reached ({error.reason})") from None
    except (OSError, HTTPException) as error:
        raise Passing(f"{url} did not answer ({error or type(error).__name__})") from None
    except LandError:
        raise
    except ValueError as error:  # of a redirect that urllib cannot take apart
        raise LandError(key, f"{url} leads to what is not an address ({error})") from None
    packed = answer.headers.get("Content-Encoding", "identity")
    if packed.lower() != "identity":
        answer.close()
        raise LandError(key, f"{url} answered packed as {packed}, which was not asked for")
    return answer


def pieces(answer: Answer) -> Iterator[bytes]:
    """
    The body of an answer, piece by piece.

    Raises:
        Passing: If the connection is cut. An end before the announced length is for the caller to see.
    """
    while True:
        try:
            piece = answer.read(_BLOCK)
        except (OSError, HTTPException) as error:
            raise Passing(f"the connection to {answer.url} was cut ({error or type(error).__name__})") from None
        if not piece:
            return
        yield piece


def length_of(answer: Answer) -> int | None:
    """The length that an answer announces [byte], or None where it announces none."""
    said = answer.headers.get("Content-Length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None


def read_at_most(answer: Answer, most_bytes: int) -> bytes | None:
    """
    The whole body of an answer; None if it is more than ``most_bytes``.

    Raises:
        Passing: If it ends before the announced length.
    """
    body = bytearray()
    for piece in pieces(answer):
        body += piece
        if len(body) > most_bytes:
            return None
    length = length_of(answer)
    if length is not None and length != len(body):
        raise Passing(f"{answer.url} announced {length:,} bytes and sent {len(body):,}")
    return bytes(body)


@cache
def _certificates() -> ssl.SSLContext:
    """The authorities this machine trusts, read once; every certificate and host name is verified."""
    return ssl.create_default_context()


class _Redirects(HTTPRedirectHandler):
    """Follows to https alone. A server elsewhere never leads to this machine, and what is posted never moves."""

    def __init__(self, key: str) -> None:
        self.key = key

    def http_error_302(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage) -> Any:
        """Closes what leads elsewhere: its body is not wanted, and would be read to the end however long it is."""
        fp.close()
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if req.data is not None:
            raise LandError(self.key, f"{req.full_url} has moved to {newurl}; write that address instead")
        check_address(newurl, self.key)
        if is_loopback(newurl) and not is_loopback(req.full_url):
            raise LandError(self.key, f"{req.full_url} leads to {newurl}, which is this machine itself; refused")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _seconds(said: Any) -> float:
    return float(said) if isinstance(said, str) and said.isascii() and said.isdigit() else 0.0

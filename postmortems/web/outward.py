"""Fetching an address that a person gave us, without becoming their hand inside our own network.

1. https only, unless `FETCH_HTTP` is set. `webcal:` is https by another name.
2. A name is resolved here, every address it has must be public, and the connection goes to the very address that
   was looked at: a name that answers differently the second time gains nothing. `FETCH_NETWORKS` names networks
   of one's own that may be fetched from all the same.
3. A redirect is a new address under the same rules; there are few. A name and password in the address go to
   that host alone.
4. One deadline for all of it, and a limit on what is read, counted as it comes.

What went wrong is told in one sentence that carries neither address nor answer: the address is often a secret,
and the answer of a machine inside is nobody's business.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Container
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from django.conf import settings

MOST_BYTES = 10_000_000
SECONDS = 20.0
REDIRECTS = 3
PORTS = {"https": 443, "http": 80}
CHUNK = 64 * 1024
MOST_ANSWER = 100_000  # of what comes back when something was handed over; nobody reads it

Resolve = Callable[[str, int], list[str]]
Read = TypeVar("Read")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NOT_THERE = "The address could not be reached."
TOO_LONG = "The server took too long to answer."
TORN = "The answer ended in the middle."


class NotFetched(Exception):
    """Nothing was fetched; the message is a sentence for whoever gave the address."""


@dataclass(frozen=True)
class Place:
    """An address taken apart and found good; whether its host may be asked is known once it is resolved."""

    scheme: str
    host: str
    port: int
    path: str
    credentials: str = ""  # for the Authorization header

    def __repr__(self) -> str:
        return f"<Place at {self.host}>"  # the rest is a secret


def place(url: str) -> Place:
    """Raises NotFetched for what is no address that may be fetched."""
    url = url.strip()
    if not url or len(url) > 2000 or re.search(r"[\x00-\x20\x7f\\]", url):
        raise NotFetched("This is no address. Copy it whole, from https:// on.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotFetched("This is no address. Copy it whole, from https:// on.") from error
    scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme.lower(), parts.scheme.lower())
    if scheme not in PORTS or (scheme == "http" and not settings.FETCH_HTTP):
        raise NotFetched("The address has to begin with https:// (webcal:// will do).")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(scheme, _host(parts), port or PORTS[scheme], _ascii(path), _credentials(parts))


def _host(parts: SplitResult) -> str:
    try:
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
    except UnicodeError:
        host = ""
    if not host or len(host) > 253:
        raise NotFetched("The address names no host.")
    return host


def _ascii(path: str) -> str:
    return "".join(
        c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode("utf-8", "replace")) for c in path
    )


def _credentials(parts: SplitResult) -> str:
    if parts.username is None:
        return ""
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(pair.encode("utf-8", "replace")).decode()


def resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched(NOT_THERE) from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def is_allowed(address: str) -> bool:
    """Whether an IP address is public, or in a network that the settings name."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if any(ip in network for network in settings.FETCH_NETWORKS if network.version == ip.version):
        return True
    return _is_public(ip)


def _is_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(ip, ipaddress.IPv6Address):
        # an IPv4 address may be carried inside, and is what would be reached in the end
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inside is None and (ip in _NAT64 or ip in _NAT64_LOCAL):
            inside = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inside is not None:
            return _is_public(inside) and ip not in _NAT64_LOCAL
        if ip.is_site_local or int(ip) >> 32 == 0:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")


def fetch(
    url: str, *, most: int = MOST_BYTES, seconds: float = SECONDS, resolve: Resolve = resolved
) -> bytes:
    """What stands at the address. Raises NotFetched."""
    until = time.monotonic() + seconds
    asked = place(url)
    for _ in range(REDIRECTS + 1):
        answer = _ask(asked, read=lambda one: _read(one, most, (200,)), until=until, resolve=resolve)
        if isinstance(answer, bytes):
            return answer
        asked = _next(asked, answer)
    raise NotFetched("The address leads from one place to the next without end.")


def post(
    url: str, body: bytes, content_type: str, *, seconds: float = SECONDS, resolve: Resolve = resolved
) -> None:
    """Hand `body` to the address under the same rules; a redirect is a refusal. Raises NotFetched."""
    until = time.monotonic() + seconds
    headers = {"Content-Type": content_type, "Accept": "*/*"}
    answer = _ask(
        place(url), read=lambda one: _read(one, MOST_ANSWER, range(200, 300)), until=until, resolve=resolve, method="POST",
        body=body, headers=headers,
    )  # fmt: skip
    if isinstance(answer, str):
        raise NotFetched("The address leads to another one.")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # their names in lower case
    body: bytes


def ask(
    url: str,
    *,
    headers: dict[str, str],
    method: str = "GET",
    body: bytes | None = None,
    most: int = MOST_BYTES,
    seconds: float = SECONDS,
    resolve: Resolve = resolved,
) -> Answer:
    """Whatever the address answers, for whoever speaks to an API. A redirect is an answer like another and is not
    followed: what `headers` prove is proven to that host alone. Raises NotFetched where no whole answer comes.
    """

    def read(response: http.client.HTTPResponse) -> Answer:
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, _body(response, most))

    until = time.monotonic() + seconds
    return _ask(
        place(url), read=read, until=until, resolve=resolve, method=method, body=body, headers=headers
    )


def _next(asked: Place, location: str) -> Place:
    """Where a redirect leads. A name and password stay with the host they were given for."""
    host = f"[{asked.host}]" if ":" in asked.host else asked.host
    following = place(urljoin(f"{asked.scheme}://{host}:{asked.port}{asked.path}", location))
    if asked.scheme == "https" and following.scheme != "https":
        raise NotFetched("The address leads to one that is not https.")
    same = (following.scheme, following.host, following.port) == (asked.scheme, asked.host, asked.port)
    kept = asked.credentials if same else ""
    return Place(following.scheme, following.host, following.port, following.path, kept)


def _ask(
    asked: Place,
    *,
    read: Callable[[http.client.HTTPResponse], Read],
    until: float,
    resolve: Resolve,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Read:
    """What `read` makes of the answer."""
    connection = _Pinned(asked, _address_of(asked, resolve), until)
    watch = threading.Timer(max(0.0, until - time.monotonic()), connection.give_up)
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, asked.path, body=body, headers=_headers(asked) | (headers or {}))
        with connection.getresponse() as response:
            answer = read(response)
    except (NotFetched, OSError, http.client.HTTPException, ValueError) as error:
        # what a library says may hold the address
        raise NotFetched(TOO_LONG if connection.gave_up else _sentence(error)) from None
    finally:
        watch.cancel()
        connection.hang_up()
    if connection.gave_up:  # a line that was hung up looks like the end of an answer
        raise NotFetched(TOO_LONG)
    return answer


def _sentence(error: Exception) -> str:
    if isinstance(error, NotFetched):
        return str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return "The server's certificate is not one we trust."
    if isinstance(error, TimeoutError):
        return TOO_LONG
    if isinstance(error, http.client.IncompleteRead):
        return TORN
    return NOT_THERE


def _address_of(asked: Place, resolve: Resolve) -> str:
    """The address to connect to. One that is not allowed among several spoils all: nothing honest has that."""
    found = resolve(asked.host, asked.port)
    if not found or not all(is_allowed(address) for address in found):
        raise NotFetched(NOT_THERE if not found else "The address is not on the public internet.")
    # most machines have a way to IPv4; not all of them one to IPv6
    return sorted(found, key=lambda address: ":" in address)[0]


def _headers(asked: Place) -> dict[str, str]:
    headers = {
        "User-Agent": "SecondStory",
        "Accept": "text/calendar, */*;q=0.5",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    return headers | ({"Authorization": asked.credentials} if asked.credentials else {})


def _read(response: http.client.HTTPResponse, most: int, fine: Container[int]) -> bytes | str:
    """The body, or the address of a redirect."""
    if response.status in (301, 302, 303, 307, 308):
        location = response.getheader("Location", "")
        if not location:
            raise NotFetched("The address leads nowhere.")
        return location
    if response.status not in fine:
        raise NotFetched(_refusal(response.status))
    return _body(response, most)


def _body(response: http.client.HTTPResponse, most: int) -> bytes:
    if response.getheader("Content-Encoding", "identity").lower() not in ("identity", ""):
        raise NotFetched("What is there comes packed in a way that was not asked for.")
    body = bytearray()
    while chunk := response.read1(CHUNK):
        body += chunk
        if len(body) > most:
            raise NotFetched(f"What is there is larger than {most // 1_000_000 or 1} megabytes.")
    if response.length:  # the connection ended before what was announced had come
        raise NotFetched(TORN)
    return bytes(body)


def _refusal(status: int) -> str:
    if status in (401, 403):
        return "The server does not let this address be read. Was it renewed or taken back?"
    if status in (404, 410):
        return "There is nothing at this address any more."
    return f"The server had trouble (it answered {status})."


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, whatever its name resolves to by now."""

    def __init__(self, asked: Place, address: str, until: float) -> None:
        super().__init__(asked.host, asked.port, timeout=max(0.1, until - time.monotonic()))
        self.asked, self.address = asked, address
        self.line: socket.socket | None = None
        self.gave_up = False

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.line = plain.dup()  # to hang up by: the socket itself changes hands, to TLS and to the answer
        self.sock = plain
        if self.asked.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.asked.host)

    def give_up(self) -> None:
        """The deadline: a server that sends a byte now and then never makes a read time out by itself."""
        self.gave_up = True
        if self.line is not None:
            with suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)

    def hang_up(self) -> None:
        self.close()
        if self.line is not None:
            self.line.close()

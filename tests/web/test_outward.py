"""What people let us fetch is fetched from where they said, in bounds, and never from inside our own network."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest

from postmortems.web import outward
from postmortems.web.outward import NotFetched, fetch, is_allowed, place

PASSWORD = "correct" + "-horse"


class Answers(BaseHTTPRequestHandler):
    """A calendar server with good and bad manners, by path."""

    seen: list[tuple[str, str | None]] = []

    def do_GET(self):
        self.seen.append((self.path, self.headers.get("Authorization")))
        getattr(self, f"at_{self.path.strip('/').split('?')[0].split('/')[0]}")()

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def at_good(self):
        self.answer(200, b"BEGIN:VCALENDAR")

    def at_moved(self):
        self.answer(302, Location="/good")

    def at_inside(self):
        self.answer(302, Location="http://169.254.169.254/latest/meta-data/")

    def at_file(self):
        self.answer(302, Location="file:///etc/passwd")

    def at_round(self):
        self.answer(302, Location="/round")

    def at_elsewhere(self):
        self.answer(302, Location=f"http://other.example.org:{self.server.server_port}/good")

    def at_nowhere(self):
        self.answer(301)

    def at_gone(self):
        self.answer(410)

    def at_closed(self):
        self.answer(401)

    def at_broken(self):
        self.answer(503)

    def at_packed(self):
        self.answer(200, b"\x1f\x8b", Content_Encoding="gzip")

    def at_large(self):
        self.answer(200, b"x" * 5_000)

    def at_endless(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(1_000):
            self.wfile.write(b"x" * 1_000)

    def at_torn(self):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"BEGIN")

    def at_slow(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def handle(self):
        with suppress(OSError):  # the other side has hung up, as it should
            super().handle()

    def log_message(self, *args):
        pass


@contextmanager
def listening(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def port():
    Answers.seen.clear()
    with listening(Answers) as port:
        yield port


@pytest.fixture
def _inside_allowed(settings):
    settings.FETCH_HTTP, settings.FETCH_NETWORKS = True, [ip_network("127.0.0.1/32")]


def here(host: str, port: int) -> list[str]:
    """Every name is this machine."""
    return ["127.0.0.1"] if host.endswith(".example.org") else outward.resolved(host, port)


@pytest.mark.usefixtures("_inside_allowed")
class TestFetching:
    def test_what_is_there(self, port):
        assert fetch(f"http://127.0.0.1:{port}/good?key=1") == b"BEGIN:VCALENDAR"
        assert Answers.seen == [("/good?key=1", None)]

    def test_a_redirect_is_followed(self, port):
        assert fetch(f"http://cal.example.org:{port}/moved", resolve=here) == b"BEGIN:VCALENDAR"

    @pytest.mark.parametrize(
        ("path", "sentence"),
        [
            ("inside", "not on the public internet"),
            ("file", "https://"),
            ("round", "without end"),
            ("nowhere", "leads nowhere"),
            ("gone", "nothing at this address"),
            ("closed", "does not let this address be read"),
            ("broken", "had trouble"),
            ("packed", "packed"),
            ("large", "larger than"),
            ("endless", "larger than"),
            ("torn", "ended in the middle"),
        ],
    )
    def test_trouble_is_one_sentence_without_the_address(self, port, path, sentence):
        with pytest.raises(NotFetched, match=sentence) as told:
            fetch(f"http://cal.example.org:{port}/{path}?key=hidden", most=2_000, resolve=here)
        assert "hidden" not in str(told.value)
        assert told.value.__cause__ is None or "hidden" not in str(told.value.__cause__)

    def test_a_server_that_drips_is_given_up(self, port):
        began = time.monotonic()
        with pytest.raises(NotFetched, match="too long"):
            fetch(f"http://127.0.0.1:{port}/slow", seconds=0.4)
        assert time.monotonic() - began < 2

    def test_one_that_says_nothing_at_all(self):
        with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NotFetched, match="too long"):
            fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.3)

    def test_nobody_there(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        with pytest.raises(NotFetched, match="could not be reached"):
            fetch(f"http://127.0.0.1:{port}/")

    def test_what_answers_is_not_even_http(self):
        def speak():
            with odd.accept()[0] as line:
                line.sendall(b"220 mail.example.org\r\n")

        with socket.create_server(("127.0.0.1", 0)) as odd:
            thread = threading.Thread(target=speak)
            thread.start()
            with pytest.raises(NotFetched, match="could not be reached"):
                fetch(f"http://127.0.0.1:{odd.getsockname()[1]}/", seconds=2)
            thread.join()

    def test_a_password_stays_with_its_host(self, port):
        url = f"http://ana:{PASSWORD}@cal.example.org:{port}"
        fetch(f"{url}/moved", resolve=here)
        fetch(f"{url}/elsewhere", resolve=here)
        assert [bool(authorization) for _, authorization in Answers.seen] == [True, True, True, False]

    def test_a_name_that_changes_its_mind_gains_nothing(self, port):
        answers = iter([["127.0.0.1"], ["10.0.0.7"]])
        assert fetch(f"http://cal.example.org:{port}/good", resolve=lambda *_: next(answers))
        with pytest.raises(NotFetched, match="public internet"):
            fetch(f"http://cal.example.org:{port}/good", resolve=lambda *_: next(answers))
        assert len(Answers.seen) == 1

    def test_one_address_inside_spoils_all(self, port):
        with pytest.raises(NotFetched, match="public internet"):
            fetch(f"http://cal.example.org:{port}/good", resolve=lambda *_: ["127.0.0.1", "192.168.1.1"])
        assert Answers.seen == []

    def test_https_does_not_lead_to_http(self, monkeypatch):
        monkeypatch.setattr(outward, "_ask", lambda *args, **kwargs: "http://cal.example.org/")
        with pytest.raises(NotFetched, match="not https"):
            fetch("https://cal.example.org/", resolve=here)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1",
     "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::808:808", "2002:7f00:1::", "::127.0.0.1", "fec0::1", "192.0.2.1", "2001:db8::1", "no address", ""],
)  # fmt: skip
def test_nothing_inside_is_asked(address, settings):
    settings.FETCH_HTTP = True
    assert not is_allowed(address)
    with pytest.raises(NotFetched, match="public internet"):
        fetch("http://cal.example.org/", resolve=lambda *_: [address])


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_the_public_internet_is_asked(address):
    assert is_allowed(address)


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_other_spellings_of_this_machine(host, settings):
    settings.FETCH_HTTP = True
    with pytest.raises(NotFetched):
        fetch(f"http://{host}/", seconds=2)


@pytest.mark.parametrize(
    "url",
    ["", "   ", "calendar.ics", "http://example.org/", "ftp://example.org/", "file:///etc/passwd", "https://",
     "https://ex ample.org/", "https://example.org/\r\nHost: inside", "https://example.org:99999/", "https://[::1", "gopher://x",
     "https://example.org\\@127.0.0.1/", "https://" + "a" * 300 + ".org/", "https://..", "https://x.org/" + "y" * 3000],
)  # fmt: skip
def test_what_is_no_address(url):
    with pytest.raises(NotFetched):
        place(url)


def test_an_address_is_taken_apart():
    asked = place(" webcal://ana:x%40y@Büro.example.org/ä/cal.ics?a=b#top ")
    assert (asked.scheme, asked.host, asked.port) == ("https", "xn--bro-hoa.example.org", 443)
    assert asked.path == "/%C3%A4/cal.ics?a=b"
    assert asked.credentials.startswith("Basic ")
    assert "Basic" not in repr(asked)
    assert "cal.ics" not in repr(asked)

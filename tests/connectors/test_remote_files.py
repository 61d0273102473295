"""Files behind HTTP and in a bucket, served by a real server on loopback."""

import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest
from connector_reading import CANARY, Read

from okr_pipeline.connectors.download import DownloadError, Limits, download
from okr_pipeline.connectors.hosts import checked_host, listed
from okr_pipeline.errors import SourceError, TransientSourceError

COLUMNS = {"contact_id": "VARCHAR", "ended_at": "TIMESTAMPTZ"}
CSV = b"contact_id,ended_at\n1,2026-11-16 00:00:00Z\n"
LISTING = (
    '<?xml version="1.0"?><ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated><Contents>'
    "<Key>x/a.parquet</Key><Size>{size}</Size><ETag>&quot;1&quot;</ETag>"
    "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents></ListBucketResult>"
)


class Handler(BaseHTTPRequestHandler):
    """Answers by path: /<status>, /slow, /drip, /cut, /html, /redirect, /b (a bucket), /ok."""

    parquet = b""
    seen: list[tuple[str, str, str | None]]

    def do_GET(self) -> None:
        self.seen.append((self.command, self.path, self.headers.get("Authorization")))
        name = self.path.strip("/").split("/")[0].split("?")[0].split(".")[0]
        if name.isdigit():
            self.answer(int(name), b"")
        elif name == "b":
            self.bucket()
        elif name == "redirect":
            self.answer(302, b"", headers={"Location": "http://169.254.169.254/latest/meta-data"})
        elif name == "html":
            self.answer(200, b"<!DOCTYPE html><title>Sign in</title>")
        elif name == "cut":
            self.answer(200, CSV, length=len(CSV) + 100)
        elif name == "slow":
            time.sleep(3)
        elif name == "drip":
            self.drip()
        else:
            self.answer(200, CSV)

    do_HEAD = do_GET  # noqa: N815 - the name the server looks for

    def bucket(self) -> None:
        if "forbidden" in self.path:
            self.answer(403, b"")
        elif "list-type" in self.path:
            self.answer(200, LISTING.format(size=len(self.parquet)).encode())
        elif wanted := self.headers.get("Range"):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            part = self.parquet[int(first) : int(last) + 1 if last else None]
            whole = {"Content-Range": f"bytes {first}-{int(first) + len(part) - 1}/{len(self.parquet)}"}
            self.answer(206, part, headers=whole)
        else:
            self.answer(200, self.parquet)

    def answer(
        self, status: int, body: bytes, length: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(50):
            try:
                self.wfile.write(b"x")
                time.sleep(0.1)
            except OSError:
                return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Print nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with duckdb.connect() as con:
        file = tmp_path / "served.parquet"
        moment = "timestamptz '2026-11-16 00:00:00+00'"
        con.execute(f"copy (select '1' as contact_id, {moment} as ended_at) to '{file}' (format parquet)")
        Handler.parquet, Handler.seen = file.read_bytes(), []
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"127.0.0.1:{serving.server_port}"
    serving.shutdown()
    serving.server_close()


def options(server: str, path: str, **more: object) -> dict[str, object]:
    return {"path": f"http://{server}/{path}", "hosts": ["127.0.0.1"], "format": "csv", **more}


def test_a_remote_file_is_fetched_with_its_token(server: str, read: Read) -> None:
    found = read("files", options(server, "ok.csv", token=CANARY), COLUMNS)
    assert found == [{"contact_id": "1", "ended_at": "2026-11-16 00:00:00Z"}]
    assert Handler.seen == [("GET", "/ok.csv", f"Bearer {CANARY}")]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_failure_that_may_pass_is_transient(server: str, read: Read, status: int) -> None:
    with pytest.raises(TransientSourceError, match=f"the server answered {status}"):
        read("files", options(server, f"{status}.csv"), COLUMNS)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_permanent_and_shows_no_token(server: str, read: Read, status: int) -> None:
    with pytest.raises(SourceError, match=f"the server answered {status}") as caught:
        read("files", options(server, f"{status}.csv", token=CANARY), COLUMNS)
    assert not isinstance(caught.value, TransientSourceError)
    assert caught.value.__context__ is None
    assert CANARY not in str(caught.value)


def test_a_redirect_is_refused_and_not_followed(server: str, read: Read) -> None:
    with pytest.raises(SourceError, match=r"redirects \(status 302\), which is refused"):
        read("files", options(server, "redirect.csv", token=CANARY), COLUMNS)
    assert len(Handler.seen) == 1


def test_a_page_instead_of_data_is_permanent(server: str, read: Read) -> None:
    with pytest.raises(SourceError, match="an HTML page instead of data"):
        read("files", options(server, "html.csv"), COLUMNS)


def test_a_body_that_breaks_off_leaves_no_file(server: str, read: Read, tmp_path: Path) -> None:
    with pytest.raises(TransientSourceError, match="broke off"):
        read("files", options(server, "cut.csv"), COLUMNS)
    assert not list((tmp_path / "spool").rglob("*.csv"))


@pytest.mark.parametrize("path", ["slow.csv", "drip.csv"])
def test_the_deadline_is_for_the_whole_download(server: str, read: Read, path: str) -> None:
    before = time.monotonic()
    with pytest.raises(TransientSourceError, match="took longer than 1 s"):
        read("files", options(server, path, deadline_seconds=1), COLUMNS)
    assert time.monotonic() - before < 2.5


def test_a_larger_file_than_allowed_is_cut_short(server: str, read: Read) -> None:
    with pytest.raises(SourceError, match="larger than max_bytes = 10"):
        read("files", options(server, "ok.csv", max_bytes=10), COLUMNS)


@pytest.mark.parametrize(
    ("url", "hosts", "message"),
    [
        ("http://169.254.169.254/x", ["exports.example.com"], "the host 169.254.169.254 is not in hosts"),
        ("http://127.0.0.1:9/x", ["localhost"], "the host 127.0.0.1 is not in hosts"),
        ("http://localhost:9/x", ["localhost"], "the host localhost has a private address"),
        ("http://user:pw@127.0.0.1/x", ["127.0.0.1"], "a login inside a URL is refused"),
    ],
)
def test_a_host_or_address_outside_the_list_is_refused(
    tmp_path: Path, url: str, hosts: list[str], message: str
) -> None:
    with pytest.raises(DownloadError, match=message) as caught:
        download(url, tmp_path / "x", Limits(hosts, 5, 100))
    assert not caught.value.transient


@pytest.mark.parametrize(
    ("entry", "address", "inside"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("fd00::/8", "fd00::1", True),
        ("face.de", "10.1.2.3", False),
        ("1.example.com", "1.example.com", False),
    ],
)
def test_a_network_holds_addresses_and_a_name_none(entry: str, address: str, inside: bool) -> None:
    assert listed(address, [checked_host(entry)]) is inside


@pytest.mark.parametrize("entry", ["Upper.example", "a b", "http://x", "", "*.example.com"])
def test_what_is_no_host_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="neither a lower-case host name"):
        checked_host(entry)


def test_a_server_that_is_down_is_transient(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="cannot be reached") as caught:
        download("http://127.0.0.1:1/x", tmp_path / "x", Limits(["127.0.0.1"], 5, 100))
    assert caught.value.transient


def bucket(server: str, path: str) -> dict[str, object]:
    keys = {"access_key_id": "key", "secret_access_key": CANARY}
    where = {"endpoint": server, "hosts": ["127.0.0.1"], "use_ssl": False, "url_style": "path"}
    return {"path": f"s3://b/{path}", "format": "parquet", **keys, **where}


def test_a_bucket_is_globbed_and_spooled(server: str, read: Read) -> None:
    assert read("files", bucket(server, "x/*.parquet"), COLUMNS)[0]["contact_id"] == "1"


def test_a_bucket_that_refuses_shows_no_key(server: str, read: Read) -> None:
    with pytest.raises(SourceError, match="the server refused the login") as caught:
        read("files", bucket(server, "forbidden.parquet"), COLUMNS)
    assert caught.value.__context__ is None
    assert CANARY not in str(caught.value)

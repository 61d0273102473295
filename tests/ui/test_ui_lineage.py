"""A person opens one key result in the real UI, in a real browser, and sees the way back to the system of record.

A machine without Chromium fails here and says so: a lineage that nobody has looked at is not tested.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SERVER = [sys.executable, "-c", "from okr_pipeline.cli import main; main()", "dev", "--port"]
WINDOW = ViewportSize(width=1800, height=900)
START_SECONDS = 90
PAGE_MILLISECONDS = 60_000
SETTLE_MILLISECONDS = 1_500
"""The graph moves into place after its nodes are there."""
LOOPBACK = "127.0.0.1"
KEY_RESULT = "tier_one_handle_time"
PATH_TO_THE_SYSTEM = (
    KEY_RESULT,
    "average_handle_time_seconds",
    "int_contact_centre__contacts_weekly",
    "stg_contact_centre__interactions",
    "interactions",
    "contact_centre",
)
IS_ON_TOP = """node => {
    const box = node.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return top !== null && (node.contains(top) || top.contains(node));
}"""


@dataclass(frozen=True)
class Server:
    """The UI of a finished demo."""

    port: int
    log: Path


@pytest.fixture(scope="module")
def server(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``okr dev`` on a copy of the demo, run history included."""
    folder = tmp_path_factory.mktemp("ui")
    home = folder / "home"
    shutil.copytree(demo_home, home, symlinks=True, ignore=shutil.ignore_patterns("landing", "systems"))
    port = _free_port()
    log = folder / "server.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OKR_")}  # noqa: TID251
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*SERVER, str(port)],
            env=inherited | {"OKR_HOME": str(home)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            found = Server(port, log)
            _wait_until_loaded(found, process)
            yield found
        finally:
            _stop(process)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """A page of a headless Chromium with a window that is large enough for the whole path."""
    assert CHROMIUM.exists(), f"{CHROMIUM} is missing - install it: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        try:
            opened = browser.new_page(viewport=WINDOW)
            opened.set_default_timeout(PAGE_MILLISECONDS)
            expect.set_options(timeout=PAGE_MILLISECONDS)
            yield opened
        finally:
            browser.close()


def test_the_lineage_of_a_key_result_is_visible_back_to_its_system(server: Server, page: Page, tmp_path: Path) -> None:
    address = f"http://{LOOPBACK}:{server.port}/assets/key_results/{KEY_RESULT}"
    page.goto(f"{address}?view=lineage&lineageScope=upstream&lineageDepth=5")
    nodes = {name: page.locator(f'[data-tooltip="{name}"]') for name in PATH_TO_THE_SYSTEM}
    for node in nodes.values():
        expect(node).to_have_count(1)
        expect(node).to_be_in_viewport()
    verdict = page.locator(f'a[href="/assets/key_results/{KEY_RESULT}?view=checks"]', has_text="1 / 1")
    expect(verdict).to_be_visible()  # the run's results are there, not only the names
    page.wait_for_timeout(SETTLE_MILLISECONDS)

    photograph = tmp_path / "lineage.png"
    page.screenshot(path=photograph)

    for name, node in nodes.items():
        assert node.evaluate(IS_ON_TOP), f"{name} is covered; see {photograph}"
    lefts = [_left(node) for node in nodes.values()]
    assert lefts == sorted(lefts, reverse=True), "the path reads from the system on the left to the key result"
    _assert_shows_something(photograph)


def _left(node: Locator) -> float:
    box = node.bounding_box()
    assert box is not None
    return box["x"]


def _assert_shows_something(photograph: Path) -> None:
    """A blank page of this size has under 20 kB."""
    content = photograph.read_bytes()
    assert content.startswith(b"\x89PNG\r\n")
    width, height = (int.from_bytes(content[start : start + 4], "big") for start in (16, 20))
    assert (width, height) == (WINDOW["width"], WINDOW["height"])
    assert len(content) > 40_000


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _wait_until_loaded(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers with our code location, not only until the port is open."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server has ended:\n{server.log.read_text()}"
        with suppress(OSError, HTTPException):
            if _asked(server, "{ assetNodes { id } }").get("assetNodes"):
                _asked(server, "mutation { setNuxSeen }")  # else a welcome covers the graph
                return
        time.sleep(0.5)
    pytest.fail(f"no answer after {START_SECONDS} s:\n{server.log.read_text()}")


def _asked(server: Server, query: str) -> dict[str, Any]:
    with closing(HTTPConnection(LOOPBACK, server.port, timeout=30)) as connection:
        body = json.dumps({"query": query})
        connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
        return json.load(connection.getresponse()).get("data") or {}


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and what it started: they share a session of their own."""
    os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)

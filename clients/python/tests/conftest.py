"""A served demo for all tests: the program is `MASTHEAD_BIN`, else `masthead` on the path."""

import os
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from masthead_client import Masthead


@dataclass(frozen=True)
class Demo:
    url: str
    key: str


@contextmanager
def served_demo() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        folder = Path(name)
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
        free.close()
        command = [
            os.environ.get("MASTHEAD_BIN", "masthead"), "serve", "--demo", "--bind", bind,
            "--database-url", f"sqlite://{folder}/demo.db", "--webhook-allowed-networks", "127.0.0.1",
        ]
        environment = {"PATH": os.environ["PATH"], "RUST_LOG": "warn"}
        with open(folder / "out", "wb") as out:
            server = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            wait_for(lambda: answers(f"http://{bind}/health/ready"), 90)
            key = re.search(r"\bmh_\S+", (folder / "out").read_text())
            assert key, "the demo printed no key"
            yield Demo(f"http://{bind}", key[0])
        finally:
            server.terminate()
            server.wait(15)


def answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    with served_demo() as demo:
        yield demo


@pytest.fixture
def reader(demo: Demo) -> Iterator[Masthead]:
    with Masthead(demo.url) as api:
        yield api


@pytest.fixture
def desk(demo: Demo) -> Iterator[Masthead]:
    with Masthead(demo.url, key=demo.key) as api:
        yield api


@pytest.fixture
def new_partner(demo: Demo, desk: Masthead) -> Iterator[Callable[[], tuple[Masthead, str, str]]]:
    """Makes partners: the client, the key and its id."""
    with ExitStack() as clients:

        def make() -> tuple[Masthead, str, str]:
            made = desk.create_key({"name": "Copy", "role": "partner"})["data"]
            client = clients.enter_context(Masthead(demo.url, key=made["key"]))
            return client, made["key"], made["id"]

        yield make

"""The copy against the served demo, killed again and again, and compared with a full read."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import masthead_client
import pytest
from conftest import Demo, served_demo, wait_for
from masthead_client import Masthead, items

PROGRAM = Path(__file__).parent.parent / "partner.py"
KILLS = 10


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with served_demo() as demo:
        yield demo


class Partner:
    """The program with a key and a database of its own."""

    def __init__(self, desk: Masthead, url: str, database: Path) -> None:
        made = desk.create_key({"name": "The Daily", "role": "partner"})["data"]
        self.id, self.url, self.key, self.database = made["id"], url, made["key"], database

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        client = Path(masthead_client.__file__).parent.parent
        environment = dict(os.environ) | {"MASTHEAD_URL": self.url, "MASTHEAD_KEY": self.key, "PYTHONPATH": str(client)}
        command = [sys.executable, str(PROGRAM), "--database", str(self.database), "--limit", "3", *arguments]
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)

    def finish(self, *arguments: str) -> None:
        assert self.start("--once", *arguments).wait(60) == 0

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.database) as db:
            found: list[tuple[object, ...]] = db.execute(query).fetchall()
        db.close()
        return found

    def place(self) -> list[tuple[object, ...]]:
        """The cursor; nothing before the first transaction."""
        if not self.rows("SELECT name FROM sqlite_master WHERE name = 'place'"):
            return []
        return self.rows("SELECT cursor FROM place")

    def copied(self) -> dict[object, object]:
        """Each article with its version and its content."""
        rows = self.rows("SELECT id, version, content FROM articles")
        contents = {id_: json.loads(str(content)) for id_, _, content in rows}
        assert all(contents[id_]["version"] == version for id_, version, _ in rows)
        return {id_: article for id_, article in contents.items()}

    def full_read(self, lang: str | None = None) -> dict[object, object]:
        with Masthead(self.url, key=self.key) as api:
            return {
                article["id"]: article
                for article in items(lambda cursor: api.list_articles(lang=lang, body="html", limit=100, cursor=cursor))
            }


def the_desk_works(desk: Masthead, stories: list[str], round_: int) -> None:
    """A story, a change, and sometimes a takedown."""
    made = desk.create_article({"lang": "en", "title": f"Story {round_}", "status": "published"})
    stories.append(made["data"]["id"])
    desk.update_article(random.choice(stories), {"summary": f"As of round {round_}."}, if_match="*")
    if round_ % 3 == 2:
        desk.withdraw_article(stories.pop(random.randrange(len(stories))), {"reason": "legal"})


def test_a_copy_that_is_killed_ten_times_is_what_a_full_read_says(demo: Demo, tmp_path: Path) -> None:
    with Masthead(demo.url, key=demo.key) as desk:
        partner = Partner(desk, demo.url, tmp_path / "partner.db")
        stories: list[str] = []
        for round_ in range(KILLS):
            before = partner.place()
            copier = partner.start("--interval", "0.02")
            the_desk_works(desk, stories, round_)
            # The first kills come at any time of the start, the others in the midst of the work.
            if round_ >= 3:
                wait_for(lambda: partner.place() != before)
            deadline = time.monotonic() + random.uniform(0, 0.4)
            while time.monotonic() < deadline:
                the_desk_works(desk, stories, round_)
            copier.kill()
            assert copier.wait(10) == -signal.SIGKILL, "the copier ended by itself"
        partner.finish()
        assert partner.copied() == partner.full_read()

        # Every takedown is acknowledged, which only a committed transaction may be.
        gone = stories.pop()
        desk.withdraw_article(gone, {"reason": "privacy"})
        partner.finish()
        [(reason,)] = partner.rows(f"SELECT reason FROM takedowns WHERE id = '{gone}'")
        assert reason == "privacy"
        [ours] = [one for one in desk.get_reach(gone)["data"]["partners"] if one["key"] == partner.id]
        assert ours["owes"] is None


def test_other_filters_bring_the_copy_in_line(demo: Demo, tmp_path: Path) -> None:
    with Masthead(demo.url, key=demo.key) as desk:
        partner = Partner(desk, demo.url, tmp_path / "partner.db")
        for lang in ("en", "fr"):
            partner.finish("--lang", lang)
            assert partner.copied() == partner.full_read(lang)


def test_a_restored_service_is_told_anew_even_where_that_is_interrupted(demo: Demo, tmp_path: Path) -> None:
    """The copy is of another database; the first batch of the new one is applied, and then the program is killed."""
    with Masthead(demo.url, key=demo.key) as desk:
        partner = Partner(desk, demo.url, tmp_path / "partner.db")
        partner.finish()
        with sqlite3.connect(partner.database) as db:
            db.execute("INSERT INTO articles VALUES ('lost', 'en', 'lost', 'Lost', NULL, 1, '{\"version\": 1}', 0)")
            # A copy without a cursor begins anew, like one that is behind a restored backup.
            db.execute("DELETE FROM place")
        db.close()
        copier = partner.start("--interval", "60")
        wait_for(lambda: partner.place() != [])
        copier.kill()
        copier.wait(10)
        partner.finish()
        assert partner.copied() == partner.full_read()


def test_the_program_ends_with_a_signal(demo: Demo, tmp_path: Path) -> None:
    with Masthead(demo.url, key=demo.key) as desk:
        partner = Partner(desk, demo.url, tmp_path / "partner.db")
        copier = partner.start("--interval", "600", "--limit", "100")
        wait_for(lambda: partner.place() != [])
        copier.terminate()
        assert copier.wait(20) == 0

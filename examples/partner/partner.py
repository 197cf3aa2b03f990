"""Keeps a copy of a publisher's articles in SQLite: partner.py [--once] [--database FILE] [--lang en,fr] [--section PATH].

`MASTHEAD_URL` names the service, and `MASTHEAD_KEY` a partner's key. The copy follows the change log: new articles, corrections
and takedowns come within seconds. It may be killed at any moment; the next run goes on where the last transaction ended.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from masthead_client import Batch, Filters, Masthead, follow_changes
from masthead_client.models import Article

SCHEMA = """
CREATE TABLE IF NOT EXISTS articles (
  id TEXT PRIMARY KEY,
  lang TEXT NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  published_at TEXT,
  version INTEGER NOT NULL,
  content TEXT NOT NULL,                -- the whole article as JSON
  is_marked INTEGER NOT NULL DEFAULT 0  -- not told again since the copy began anew
) STRICT;
CREATE INDEX IF NOT EXISTS articles_by_date ON articles (lang, published_at DESC);
CREATE TABLE IF NOT EXISTS takedowns (
  id TEXT PRIMARY KEY,
  reason TEXT,
  at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS place (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  cursor TEXT NOT NULL
) STRICT;
"""


class Copy:
    """The copy. A batch and its cursor are one transaction, so neither is ever without the other."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, timeout=30)
        self.db.execute("PRAGMA journal_mode = WAL")
        # An acknowledged takedown must survive a power cut too.
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def cursor(self) -> str | None:
        """The place to go on from; None before the first batch."""
        row: tuple[str] | None = self.db.execute("SELECT cursor FROM place").fetchone()
        return row[0] if row else None

    def apply(self, batch: Batch) -> None:
        with self.transaction():
            if batch.reset:
                self.db.execute("UPDATE articles SET is_marked = 1")
            for change in batch.changes:
                if change["op"] == "upsert":
                    self._put(change["article"])
                else:
                    self._take_down(change["id"], change["reason"], change["at"])
            if batch.complete:
                self.db.execute("DELETE FROM articles WHERE is_marked")
            self.db.execute("INSERT OR REPLACE INTO place VALUES (1, ?)", (batch.cursor,))

    def _put(self, article: Article) -> None:
        # A new row has no mark.
        self.db.execute(
            "INSERT OR REPLACE INTO articles (id, lang, slug, title, published_at, version, content) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                article["id"], article["lang"], article["slug"], article["title"], article["published_at"],
                article["version"], json.dumps(article, ensure_ascii=False),
            ),
        )
        self.db.execute("DELETE FROM takedowns WHERE id = ?", (article["id"],))

    def _take_down(self, article: str, reason: str | None, at: str) -> None:
        removed = self.db.execute("DELETE FROM articles WHERE id = ?", (article,)).rowcount
        # A delete may come for an article that the copy never had.
        if removed:
            self.db.execute("INSERT OR REPLACE INTO takedowns VALUES (?, ?, ?)", (article, reason, at))

    def close(self) -> None:
        self.db.close()


def describe(batch: Batch) -> str:
    told = ["1 change" if len(batch.changes) == 1 else f"{len(batch.changes)} changes"]
    told += ["the copy begins anew"] if batch.reset else []
    told += ["complete"] if batch.complete else []
    gone = [f"{change['id']} ({change['reason']})" for change in batch.changes if change["op"] == "delete"]
    told += [f"taken down: {', '.join(gone)}"] if gone else []
    return "; ".join(told)


def main() -> None:
    parser = argparse.ArgumentParser(description="Keeps a copy of a publisher's articles in SQLite.")
    parser.add_argument("--database", default="partner.db", help="file of the copy (partner.db)")
    parser.add_argument("--once", action="store_true", help="end when the copy is complete")
    parser.add_argument("--interval", type=float, default=5.0, help="seconds between two looks for more (5)")
    parser.add_argument("--limit", type=int, default=100, help="changes in a transaction, 1 to 100 (100)")
    parser.add_argument("--lang", help="editions, separated by commas")
    parser.add_argument("--section", action="append", help="section by path or id, with those below it; can be repeated")
    given = parser.parse_args()
    url, key = os.environ.get("MASTHEAD_URL"), os.environ.get("MASTHEAD_KEY")
    if not url or not key:
        parser.error("set MASTHEAD_URL and MASTHEAD_KEY")
    stop = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: stop.set())
    copy = Copy(given.database)
    filters = Filters(lang=given.lang, section=given.section)
    with Masthead(url, key=key) as api:
        batches = follow_changes(
            api, copy.cursor(), filters=filters, limit=given.limit, once=given.once, interval=given.interval, acknowledge=True,
            stop=stop, on_retry=lambda error, seconds: print(f"{error}; again in {seconds:.1f} s", file=sys.stderr),
        )
        for batch in batches:
            copy.apply(batch)
            print(describe(batch), flush=True)
    copy.close()


if __name__ == "__main__":
    main()

"""The follower of changes against the served demo. Being killed is tried with the program in examples/partner."""

import asyncio
import threading
from collections.abc import Callable

import httpx
import pytest
from masthead_client import AsyncMasthead, Batch, Filters, Masthead, MastheadError, async_follow_changes, follow_changes, items

from conftest import Demo, served_demo

NewPartner = Callable[[], tuple[Masthead, str, str]]


class Copy:
    """A copy in memory."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.versions: dict[str, int] = {}
        self.marked: set[str] = set()

    def apply(self, batch: Batch) -> None:
        if batch.reset:
            self.marked = set(self.versions)
        for change in batch.changes:
            self.marked.discard(change["id"])
            if change["op"] == "upsert":
                self.versions[change["id"]] = change["article"]["version"]
            else:
                self.versions.pop(change["id"], None)
        if batch.complete:
            for gone in self.marked:
                del self.versions[gone]
            self.marked.clear()
        self.cursor = batch.cursor

    def catch_up(self, api: Masthead, filters: Filters = Filters(), acknowledge: bool = False) -> list[Batch]:
        batches: list[Batch] = []
        for batch in follow_changes(api, self.cursor, filters=filters, limit=10, once=True, acknowledge=acknowledge):
            self.apply(batch)
            batches.append(batch)
        return batches


def published(api: Masthead, langs: list[str | None]) -> dict[str, int]:
    return {
        article["id"]: article["version"]
        for lang in langs
        for article in items(lambda cursor: api.list_articles(lang=lang, limit=100, fields="version", cursor=cursor))
    }


def test_a_copy_is_what_is_published_and_tombstones_take_articles_out(desk: Masthead, new_partner: NewPartner) -> None:
    partner, _, key_id = new_partner()
    copy = Copy()
    first = copy.catch_up(partner, acknowledge=True)
    assert [batch.reset for batch in first] == [True] + [False] * (len(first) - 1)
    assert first[-1].complete
    assert copy.versions == published(partner, [None])
    article = desk.create_article({"lang": "en", "title": "Taken down", "status": "published"})["data"]
    copy.catch_up(partner, acknowledge=True)
    assert article["id"] in copy.versions
    desk.withdraw_article(article["id"], {"reason": "privacy"})
    [batch] = copy.catch_up(partner)
    assert [(change["op"], change.get("reason")) for change in batch.changes] == [("delete", "privacy")]
    assert copy.versions == published(partner, [None])

    def owes() -> list[str | None]:
        return [one["owes"] for one in desk.get_reach(article["id"])["data"]["partners"] if one["key"] == key_id]

    assert owes() == ["tombstone"]
    copy.catch_up(partner, acknowledge=True)
    assert owes() == [None]


def test_filters_may_change_at_any_cursor(new_partner: NewPartner) -> None:
    partner, _, _ = new_partner()
    copy = Copy()
    for langs in (["en"], ["en", "fr"], ["zh"], ["fr"]):
        copy.catch_up(partner, Filters(lang=",".join(langs)))
        assert copy.versions == published(partner, list(langs)), langs


def test_a_cursor_of_another_database_tells_the_copy_anew(reader: Masthead) -> None:
    copy = Copy()
    with served_demo() as other:
        with Masthead(other.url, key=other.key) as there:
            there.create_article({"lang": "en", "title": "Only there", "status": "published"})
        with Masthead(other.url) as there:
            copy.catch_up(there)
    assert copy.versions
    assert copy.catch_up(reader)[0].reset
    assert copy.versions == published(reader, [None])


def test_a_cursor_of_another_key_is_refused(new_partner: NewPartner) -> None:
    copy = Copy()
    copy.catch_up(new_partner()[0])
    with pytest.raises(MastheadError) as refused:
        copy.catch_up(new_partner()[0])
    assert refused.value.problem
    assert [error.get("parameter") for error in refused.value.problem.get("errors", [])] == ["since"]


def test_the_asynchronous_follower_does_the_same(demo: Demo, reader: Masthead) -> None:
    copy = Copy()

    async def catch_up() -> None:
        async with AsyncMasthead(demo.url) as api:
            async for batch in async_follow_changes(api, limit=10, once=True):
                copy.apply(batch)

    asyncio.run(catch_up())
    assert copy.versions == published(reader, [None])


def test_what_passes_is_waited_out_and_the_rest_is_raised() -> None:
    page = {"data": [], "meta": {"limit": 1, "has_more": False, "next_cursor": "c", "reset": False}, "links": {}}
    answers: list[httpx.Response | Exception] = [httpx.ConnectError("refused"), httpx.Response(503, headers={"retry-after": "0"}), httpx.Response(500), httpx.Response(200, json=page), httpx.Response(404)]
    waited: list[float] = []

    def answer(_: httpx.Request) -> httpx.Response:
        following = answers.pop(0)
        if isinstance(following, Exception):
            raise following
        return following

    with Masthead("http://127.0.0.1:9", retries=0, transport=httpx.MockTransport(answer)) as api:
        batches = list(follow_changes(api, "b", once=True, on_retry=lambda _, seconds: waited.append(seconds)))
        assert batches == [Batch(reset=False, changes=[], complete=True, cursor="c")]
        assert len(waited) == 3 and waited[1] == 0
        with pytest.raises(MastheadError):
            list(follow_changes(api, "b", once=True))


def test_a_follower_ends_when_it_is_told_to(reader: Masthead) -> None:
    stop = threading.Event()
    for _ in follow_changes(reader, interval=60, stop=stop):
        stop.set()

"""A copy of what is published, kept by `/api/changes`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypedDict

import httpx

from .async_operations import AsyncOperations
from .errors import MastheadError
from .models import Article, ChangeEvent, ChangePage
from .operations import Operations
from .retry import backoff, retry_after

BodyForm = Literal["html", "text", "markdown", "blocks", "none"]


class Upserted(TypedDict):
    """An article that the copy takes."""

    op: Literal["upsert"]
    seq: int
    id: str
    lang: str
    version: int
    at: str
    article: Article


class Deleted(TypedDict):
    """An article that the copy shows no longer, whether it has it or not."""

    op: Literal["delete"]
    seq: int
    id: str
    lang: str
    version: int
    at: str
    reason: str | None


Change = Upserted | Deleted


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes to apply in one transaction, in this order.

    1. Where `reset` is true, mark every article of the copy: it is told anew. That is so at a first copy, and after the
       database of the service was restored.
    2. Apply `changes`; each removes the mark of its article.
    3. Where `complete` is true, remove the articles that are still marked: the copy now has everything.
    4. Store `cursor`.
    """

    reset: bool
    changes: list[Change]
    complete: bool
    cursor: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Limits of the copy, and the form of its bodies. They may differ from those that the cursor was given with."""

    lang: str | None = None
    section: list[str] | None = None
    source: list[str] | None = None
    body: BodyForm | None = None


class _Place:
    """Where a follower stands, and what of it is not yet told."""

    def __init__(self, since: str | None) -> None:
        self.cursor = since
        self.is_owed = True
        self.failures = 0

    def take(self, page: ChangePage) -> Batch | None:
        """The batch of a page; None where it changes nothing."""
        meta = page["meta"]
        batch = Batch(
            reset=meta["reset"] or self.cursor is None,
            changes=[_change(event) for event in page["data"]],
            complete=not meta["has_more"],
            cursor=meta["next_cursor"],
        )
        # A page without a change matters where the copy was not complete before it.
        matters = self.is_owed or batch.reset or bool(batch.changes)
        self.cursor, self.is_owed, self.failures = batch.cursor, not batch.complete, 0
        return batch if matters else None

    def pause(self, error: MastheadError | httpx.TransportError) -> float:
        """Seconds after which a failure is tried again; raises what time does not mend."""
        if isinstance(error, MastheadError) and error.status != 429 and error.status < 500:
            raise error
        asked = retry_after(error.response) if isinstance(error, MastheadError) else None
        self.failures += 1
        return backoff(self.failures - 1) if asked is None else asked


def _change(event: ChangeEvent) -> Change:
    if event["op"] == "delete":
        return {
            "op": "delete", "seq": event["seq"], "id": event["id"], "lang": event["lang"], "version": event["version"],
            "at": event["at"], "reason": event["reason"],
        }
    if "article" not in event:
        raise ValueError(f"change {event['seq']} brings no article")
    return {
        "op": "upsert", "seq": event["seq"], "id": event["id"], "lang": event["lang"], "version": event["version"],
        "at": event["at"], "article": event["article"],
    }


def follow_changes(
    api: Operations,
    since: str | None = None,
    *,
    filters: Filters = Filters(),
    limit: int = 100,
    once: bool = False,
    interval: float = 5.0,
    acknowledge: bool = False,
    stop: threading.Event | None = None,
    on_retry: Callable[[Exception, float], None] | None = None,
) -> Iterator[Batch]:
    """Follows the changes of what is published.

    A batch is over when the next one is asked for. A program that is killed at any point goes on from the cursor that its last
    transaction stored. Broken connections, 429 and 5xx are tried again without end; every other answer is raised. A cursor that
    was given to another key is a 400 of the parameter `since`: begin without one.

    Parameters:
        since: Cursor that the copy has stored. Without it everything comes, with `reset`.
        once: Ends when the copy is complete, instead of waiting for more.
        interval: Seconds between two looks for more.
        acknowledge: Acknowledges each batch when the next one is asked for. For keys of partners.
        stop: Ends the iteration when it is set.
        on_retry: Told of each failure that is tried again, with the seconds until then.
    """
    place = _Place(since)
    stopped = stop or threading.Event()

    def patiently(attempt: Callable[[], Batch | None]) -> Batch | None:
        while not stopped.is_set():
            try:
                return attempt()
            except (MastheadError, httpx.TransportError) as error:
                seconds = place.pause(error)
                if on_retry:
                    on_retry(error, seconds)
                stopped.wait(seconds)
        return None

    def look() -> Batch | None:
        given = {"section": filters.section, "source": filters.source}
        return place.take(api.list_changes(since=place.cursor, limit=limit, lang=filters.lang, body=filters.body, **given))

    def confirm() -> None:
        if acknowledge and place.cursor is not None:
            acknowledge_changes(api, place.cursor)

    patiently(confirm)
    while not stopped.is_set():
        batch = patiently(look)
        if batch is not None:
            yield batch
            patiently(confirm)
        if not place.is_owed:
            if once:
                return
            stopped.wait(interval)


async def async_follow_changes(
    api: AsyncOperations,
    since: str | None = None,
    *,
    filters: Filters = Filters(),
    limit: int = 100,
    once: bool = False,
    interval: float = 5.0,
    acknowledge: bool = False,
    on_retry: Callable[[Exception, float], None] | None = None,
) -> AsyncIterator[Batch]:
    """The same as `follow_changes`, asynchronously. Cancel the task to end it."""
    place = _Place(since)

    async def retry(error: MastheadError | httpx.TransportError) -> None:
        seconds = place.pause(error)
        if on_retry:
            on_retry(error, seconds)
        await asyncio.sleep(seconds)

    async def look() -> Batch | None:
        given = {"section": filters.section, "source": filters.source}
        while True:
            try:
                page = await api.list_changes(since=place.cursor, limit=limit, lang=filters.lang, body=filters.body, **given)
                return place.take(page)
            except (MastheadError, httpx.TransportError) as error:
                await retry(error)

    async def confirm() -> None:
        while acknowledge and place.cursor is not None:
            try:
                return await async_acknowledge_changes(api, place.cursor)
            except (MastheadError, httpx.TransportError) as error:
                await retry(error)

    await confirm()
    while True:
        batch = await look()
        if batch is not None:
            yield batch
            await confirm()
        if not place.is_owed:
            if once:
                return
            await asyncio.sleep(interval)


def acknowledge_changes(api: Operations, cursor: str) -> None:
    """Says that the copy has applied everything up to a cursor.

    A cursor from before a restore proves nothing and is passed over; what follows it is acknowledged in its turn.
    """
    try:
        api.acknowledge_changes({"cursor": cursor})
    except MastheadError as error:
        _pass_over_other_history(error)


async def async_acknowledge_changes(api: AsyncOperations, cursor: str) -> None:
    """The same as `acknowledge_changes`, asynchronously."""
    try:
        await api.acknowledge_changes({"cursor": cursor})
    except MastheadError as error:
        _pass_over_other_history(error)


def _pass_over_other_history(error: MastheadError) -> None:
    if error.code != "conflict":
        raise error

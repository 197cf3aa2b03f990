"""Lists, to their end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Generic, TypedDict, TypeVar

from .models import PageLinks

Row = TypeVar("Row")


class _Meta(TypedDict):
    has_more: bool
    limit: int
    next_cursor: str | None


MetaT = TypeVar("MetaT", bound=_Meta)


class Page(TypedDict, Generic[Row, MetaT]):
    """A part of a list."""

    data: list[Row]
    links: PageLinks
    meta: MetaT


def pages(
    ask: Callable[[str | None], Page[Row, MetaT]], cursor: str | None = None
) -> Iterator[Page[Row, MetaT]]:
    """The pages of a list: `pages(lambda cursor: api.list_articles(lang="en", cursor=cursor))`."""
    while True:
        page = ask(cursor)
        yield page
        following = _next(page["meta"], cursor)
        if following is None:
            return
        cursor = following


def items(ask: Callable[[str | None], Page[Row, MetaT]], cursor: str | None = None) -> Iterator[Row]:
    """The rows of a list, over all its pages."""
    for page in pages(ask, cursor):
        yield from page["data"]


async def async_pages(
    ask: Callable[[str | None], Awaitable[Page[Row, MetaT]]], cursor: str | None = None
) -> AsyncIterator[Page[Row, MetaT]]:
    """The pages of a list, asynchronously."""
    while True:
        page = await ask(cursor)
        yield page
        following = _next(page["meta"], cursor)
        if following is None:
            return
        cursor = following


async def async_items(
    ask: Callable[[str | None], Awaitable[Page[Row, MetaT]]], cursor: str | None = None
) -> AsyncIterator[Row]:
    """The rows of a list, over all its pages, asynchronously."""
    async for page in async_pages(ask, cursor):
        for row in page["data"]:
            yield row


def _next(meta: _Meta, cursor: str | None) -> str | None:
    if not meta["has_more"] or meta["next_cursor"] is None:
        return None
    if meta["next_cursor"] == cursor:
        raise ValueError("a page leads to itself: ask for it with the cursor that is given")
    return meta["next_cursor"]

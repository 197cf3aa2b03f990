"""Calls before they are sent, and the reading of their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

import httpx

T = TypeVar("T")


class AllOf(tuple[str, ...]):
    """Values of a filter that must all hold: `tag=AllOf(["a", "b"])`. Any other sequence means any of its values."""

    __slots__ = ()


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request, and the function that reads its answer."""

    method: str
    template: str
    read: Callable[[httpx.Response], T]
    path: Mapping[str, str | int] = field(default_factory=dict[str, str | int])
    query: Mapping[str, object] = field(default_factory=dict[str, object])
    header: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    body: object = None
    files: Mapping[str, tuple[str | None, bytes | str, str]] | None = None

    def url(self) -> str:
        """The path, with each value in one segment."""
        return self.template.format_map({name: quote(str(value), safe="") for name, value in self.path.items()})

    def arguments(self) -> dict[str, Any]:
        """The arguments of httpx's `build_request`."""
        found: dict[str, Any] = {
            "method": self.method,
            "url": self.url(),
            "params": [pair for name, value in self.query.items() for pair in _pairs(name, value)],
            "headers": {name: value for name, value in self.header.items() if value is not None},
        }
        if self.files is not None:
            found["files"] = self.files
        elif self.body is not None:
            found["json"] = self.body
        return found

    def is_repeatable(self) -> bool:
        """True where a second request does no more than one: reads, and writes with an idempotency key."""
        return self.method in ("GET", "HEAD") or self.header.get("Idempotency-Key") is not None


def _pairs(name: str, value: object) -> list[tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, AllOf):
        return [(name, one) for one in value]
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [(name, ",".join(map(str, cast(Sequence[object], value))))]
    return [(name, str(value))]


def as_json(response: httpx.Response) -> Any:
    """The content as JSON."""
    return response.json()


def as_text(response: httpx.Response) -> str:
    """The content as text."""
    return response.text


def as_bytes(response: httpx.Response) -> bytes:
    """The content as it came."""
    return response.content


def as_nothing(_: httpx.Response) -> None:
    """Nothing: the answer has no content."""

"""The clients: `Masthead` waits for each answer, `AsyncMasthead` is asynchronous."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx

from .async_operations import AsyncOperations
from .calls import Call, T, as_json
from .errors import MastheadError
from .models import FocalPoint, MediumEnvelope, Names
from .operations import Operations
from .retry import Retries


def _headers(key: str | None, headers: Mapping[str, str] | None) -> dict[str, str]:
    return {**(headers or {}), **({"Authorization": f"Bearer {key}"} if key is not None else {})}


def _upload(
    file: bytes, name: str, words: Mapping[str, Names | None], focal_point: FocalPoint | None, idempotency_key: str | None
) -> Call[MediumEnvelope]:
    files: dict[str, tuple[str | None, bytes | str, str]] = {"file": (name, file, "application/octet-stream")}
    for part, value in {**words, "focal_point": focal_point}.items():
        if value is not None:
            files[part] = (None, json.dumps(value), "application/json")
    header = {"Idempotency-Key": idempotency_key}
    return Call[MediumEnvelope]("POST", "/api/media", as_json, header=header, files=files)


class Masthead(Operations):
    """A client that waits for each answer.

    `base_url` is the address of the service with its path prefix. What is published needs no `key`. Reads, and writes with an
    `idempotency_key`, are tried again after a broken connection, a 429 or a 503, `retries` times; a `Retry-After` over
    `longest_wait` seconds is not waited for. Every answer that is no success raises `MastheadError`.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        retries: int = 2,
        longest_wait: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.retries = Retries(retries, longest_wait)
        self.http = httpx.Client(
            base_url=base_url, headers=_headers(key, headers), timeout=timeout, follow_redirects=True, transport=transport
        )

    def send(self, call: Call[T]) -> T:
        """Does a call, and answers its content."""
        attempt = 0
        while True:
            response = self._attempt(call)
            if isinstance(response, httpx.Response) and response.is_success:
                return call.read(response)
            answer = response if isinstance(response, httpx.Response) else None
            pause = self.retries.pause(attempt, answer) if call.is_repeatable() else None
            if pause is None:
                raise response if isinstance(response, Exception) else MastheadError(response)
            time.sleep(pause)
            attempt += 1

    def _attempt(self, call: Call[T]) -> httpx.Response | httpx.TransportError:
        try:
            return self.http.request(**call.arguments())
        except httpx.TransportError as error:
            return error

    def create_medium(
        self,
        file: bytes,
        *,
        name: str = "picture",
        alt: Names | None = None,
        caption: Names | None = None,
        credit: Names | None = None,
        focal_point: FocalPoint | None = None,
        idempotency_key: str | None = None,
    ) -> MediumEnvelope:
        """Upload a picture. Its renditions are made afterwards: `state` is then `ready`."""
        words = {"alt": alt, "caption": caption, "credit": credit}
        return self.send(_upload(file, name, words, focal_point, idempotency_key))

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class AsyncMasthead(AsyncOperations):
    """The same as `Masthead`, asynchronously."""

    def __init__(
        self,
        base_url: str,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        retries: int = 2,
        longest_wait: float = 60.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.retries = Retries(retries, longest_wait)
        self.http = httpx.AsyncClient(
            base_url=base_url, headers=_headers(key, headers), timeout=timeout, follow_redirects=True, transport=transport
        )

    async def send(self, call: Call[T]) -> T:
        """Does a call, and answers its content."""
        attempt = 0
        while True:
            response = await self._attempt(call)
            if isinstance(response, httpx.Response) and response.is_success:
                return call.read(response)
            answer = response if isinstance(response, httpx.Response) else None
            pause = self.retries.pause(attempt, answer) if call.is_repeatable() else None
            if pause is None:
                raise response if isinstance(response, Exception) else MastheadError(response)
            await asyncio.sleep(pause)
            attempt += 1

    async def _attempt(self, call: Call[T]) -> httpx.Response | httpx.TransportError:
        try:
            return await self.http.request(**call.arguments())
        except httpx.TransportError as error:
            return error

    async def create_medium(
        self,
        file: bytes,
        *,
        name: str = "picture",
        alt: Names | None = None,
        caption: Names | None = None,
        credit: Names | None = None,
        focal_point: FocalPoint | None = None,
        idempotency_key: str | None = None,
    ) -> MediumEnvelope:
        """Upload a picture. Its renditions are made afterwards: `state` is then `ready`."""
        words = {"alt": alt, "caption": caption, "credit": credit}
        return await self.send(_upload(file, name, words, focal_point, idempotency_key))

    async def aclose(self) -> None:
        """Closes the connections."""
        await self.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

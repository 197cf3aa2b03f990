"""Answers that are no success."""

from __future__ import annotations

from typing import cast

import httpx

from .models import Problem


class MastheadError(Exception):
    """An answer of the service that is no success.

    `code` is stable; it is None where something in between answered, such as a proxy.
    """

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.problem = _problem(response)
        self.code = self.problem["code"] if self.problem else None
        detail = self.problem["detail"] if self.problem else response.reason_phrase
        super().__init__(f"{response.request.method} {response.url}: {self.status} {detail}")


def _problem(response: httpx.Response) -> Problem | None:
    if response.headers.get("content-type", "").partition(";")[0] != "application/problem+json":
        return None
    try:
        content = response.json()
    except ValueError:
        return None
    is_whole = isinstance(content, dict) and {"code", "detail", "status"} <= content.keys()
    return cast(Problem, content) if is_whole else None

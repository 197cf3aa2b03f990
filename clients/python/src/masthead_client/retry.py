"""The time after which something is tried again."""

from __future__ import annotations

import email.utils
import random
import re
import time
from dataclasses import dataclass

import httpx

RETRIED = (429, 503)


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how long a call is tried again.

    `most` counts the further attempts; a `Retry-After` over `longest_wait` seconds is not waited for.
    """

    most: int = 2
    longest_wait: float = 60.0

    def pause(self, attempt: int, response: httpx.Response | None) -> float | None:
        """Seconds before the next attempt; None where the answer is final. `response` is None for a broken connection."""
        if attempt >= self.most:
            return None
        if response is None:
            return backoff(attempt)
        if response.status_code not in RETRIED:
            return None
        wait = retry_after(response)
        wait = backoff(attempt) if wait is None else wait
        return wait if wait <= self.longest_wait else None


def backoff(attempt: int) -> float:
    """Seconds before the attempt that follows: 0.25 to 0.5 after the first one, doubled each time, at most 30."""
    return min(30.0, 0.5 * 2.0 ** min(attempt, 10)) * random.uniform(0.5, 1.0)


def retry_after(response: httpx.Response, now: float | None = None) -> float | None:
    """Seconds that `Retry-After` asks for, as a number or as a date (RFC 9110, 10.2.3)."""
    field = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", field):
        return float(field)
    try:
        at = email.utils.parsedate_to_datetime(field)
    except ValueError:
        return None
    return max(0.0, at.timestamp() - (time.time() if now is None else now))

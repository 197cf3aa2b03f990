"""Messages of webhooks, verified (Standard Webhooks)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypedDict, cast

from .models import Article

WebhookFault = Literal["header", "timestamp", "signature", "content"]


class WebhookError(Exception):
    """A message that must not be believed; `fault` is the part that is wrong."""

    def __init__(self, fault: WebhookFault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault


class WebhookChange(TypedDict):
    """The change that a message tells of. `article` comes only where the webhook sends articles."""

    seq: int
    op: Literal["upsert", "delete"]
    reason: str | None
    id: str
    lang: str
    version: int
    article: NotRequired[Article]


class ArticleMessage(TypedDict):
    """A message of an article."""

    type: Literal[
        "article.published", "article.updated", "article.corrected", "article.unpublished", "article.withdrawn", "article.removed"
    ]
    timestamp: str
    data: WebhookChange


class TestMessage(TypedDict):
    """A message by which somebody tries the address."""

    type: Literal["test"]
    timestamp: str
    data: dict[str, object]


WebhookMessage = ArticleMessage | TestMessage


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes | str,
    secret: str | Sequence[str],
    *,
    tolerance: float = 300.0,
    now: float | None = None,
) -> WebhookMessage:
    """Verifies a message and answers its content; raises `WebhookError`.

    `body` is the content as it came, before any parser. `secret` is `whsec_…`, or several while one is exchanged. The comparison
    takes the same time for every signature. A message can arrive twice: remember its `webhook-id`.
    """
    message_id = _header(headers, "webhook-id")
    timestamp = _header(headers, "webhook-timestamp")
    field = _header(headers, "webhook-signature")
    if not re.fullmatch(r"[0-9]{1,15}", timestamp):
        raise WebhookError("timestamp", "webhook-timestamp is no number of seconds")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance:
        raise WebhookError("timestamp", f"the message is more than {tolerance} s away from now")
    content = body.encode() if isinstance(body, str) else body
    signed = f"{message_id}.{timestamp}.".encode() + content
    secrets = [secret] if isinstance(secret, str) else secret
    signatures = [one[3:].encode() for one in field.split(" ") if one.startswith("v1,")]
    # Every pair is compared, so that the time tells nothing.
    checks = [hmac.compare_digest(_sign(one, signed), given) for one in secrets for given in signatures]
    if not any(checks):
        raise WebhookError("signature", "no signature of the message is by the secret")
    return _message(content)


def _sign(secret: str, signed: bytes) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret is whsec_ and base64") from error
    if not key:
        raise ValueError("a secret is whsec_ and base64")
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())


def _header(headers: Mapping[str, str], name: str) -> str:
    found = next((value for key, value in headers.items() if key.lower() == name), "")
    if not found:
        raise WebhookError("header", f"{name} is missing")
    return found


def _message(content: bytes) -> WebhookMessage:
    try:
        message: object = json.loads(content)
    except ValueError:
        raise WebhookError("content", "the message is no JSON") from None
    fields = cast(dict[str, object], message) if isinstance(message, dict) else {}
    is_named = isinstance(fields.get("type"), str) and isinstance(fields.get("timestamp"), str)
    if not is_named or not isinstance(fields.get("data"), dict):
        raise WebhookError("content", "the message has no type, timestamp and data")
    # The service signed it, so its fields are believed.
    return cast(WebhookMessage, fields)

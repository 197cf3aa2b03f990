"""What needs no service."""

import datetime as dt
import json
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from masthead_client import Masthead, MastheadError, WebhookError, items, object_position, picture, verify_webhook
from masthead_client.models import ArticleMedium
from masthead_client.retry import retry_after
from standardwebhooks import Webhook

SECRET = "whsec_n9gcz65qWS7vNbeOCy3U0aOW3QZYw1fGbG6TGIsce7U="
OTHER = "whsec_AAAAz65qWS7vNbeOCy3U0aOW3QZYw1fGbG6TGIsce7U="
AT = dt.datetime(2026, 11, 25, 20, 42, 9, tzinfo=dt.UTC)
NOW = AT.timestamp()
BODY = json.dumps({"type": "article.withdrawn", "timestamp": "2026-11-25T20:42:09Z", "data": {"id": "沉默"}})


def signed(body: str = BODY, secrets: tuple[str, ...] = (SECRET,)) -> dict[str, str]:
    """Header fields by the library of Standard Webhooks."""
    signature = " ".join(Webhook(secret).sign("evt_1", AT, body) for secret in secrets)
    return {"Webhook-Id": "evt_1", "Webhook-Timestamp": str(int(NOW)), "Webhook-Signature": signature}


def test_a_signed_message_is_taken_by_either_secret() -> None:
    assert verify_webhook(signed(), BODY, SECRET, now=NOW)["type"] == "article.withdrawn"
    assert verify_webhook(signed(), BODY.encode(), [OTHER, SECRET], now=NOW)
    assert verify_webhook(signed(secrets=(SECRET, OTHER)), BODY, OTHER, now=NOW)
    assert verify_webhook(httpx.Headers(signed()), BODY, SECRET, now=NOW + 299)
    assert verify_webhook(signed(), BODY, SECRET, now=NOW + 500, tolerance=600)


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("signature", {"body": BODY + " "}),
        ("signature", {"secret": OTHER}),
        ("signature", {"headers": signed() | {"Webhook-Id": "evt_2"}}),
        ("signature", {"headers": signed() | {"Webhook-Signature": "v1,"}}),
        ("signature", {"headers": signed() | {"Webhook-Signature": "v1,é"}}),
        ("signature", {"headers": signed() | {"Webhook-Signature": signed()["Webhook-Signature"].replace("v1,", "v2,")}}),
        ("header", {"headers": {}}),
        ("timestamp", {"headers": signed() | {"Webhook-Timestamp": "now"}}),
        ("timestamp", {"now": NOW + 301}),
        ("timestamp", {"now": NOW - 301}),
        ("content", {"headers": signed("[]"), "body": "[]"}),
        ("content", {"headers": signed("{"), "body": "{"}),
        ("content", {"headers": signed('{"type":"test","timestamp":"t"}'), "body": '{"type":"test","timestamp":"t"}'}),
    ],
)
def test_whatever_was_altered_is_refused(fault: str, change: dict[str, Any]) -> None:
    given: dict[str, Any] = {"headers": signed(), "body": BODY, "secret": SECRET, "now": NOW} | change
    with pytest.raises(WebhookError) as refused:
        verify_webhook(**given)
    assert refused.value.fault == fault


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_***"])
def test_a_secret_that_is_none_is_the_callers_mistake(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        verify_webhook(signed(), BODY, secret, now=NOW)


def test_pictures_have_sources_and_a_focal_point() -> None:
    medium: ArticleMedium = {
        "kind": "image", "url": "/a.jpg", "alt": None, "caption": None, "credit": None, "width": 320, "height": 200,
        "srcset": {"webp": "/a.webp 320w", "jpeg": "/a.jpg 320w", "png": None}, "focal_point": {"x": 0.4, "y": 0.6666},
    }
    shown = picture(medium, "100vw")
    assert shown["sources"] == [{"type": "image/webp", "srcset": "/a.webp 320w", "sizes": "100vw"}]
    assert shown["img"] == {"src": "/a.jpg", "srcset": "/a.jpg 320w", "sizes": "100vw", "width": 320, "height": 200}
    assert object_position(medium) == "40% 66.7%"
    by_address: ArticleMedium = {"kind": "image", "url": "https://a.example/b.jpg", "alt": None, "caption": None, "credit": None}
    bare = picture(by_address)
    assert (bare["sources"], bare["img"]) == ([], {"src": "https://a.example/b.jpg"})
    assert object_position(by_address) is None


def scripted(*answers: httpx.Response | Exception) -> tuple[Masthead, list[httpx.Request]]:
    """A client whose answers are these, one after the other."""
    waiting, sent = list(answers), list[httpx.Request]()

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        following = waiting.pop(0)
        if isinstance(following, Exception):
            raise following
        return following

    return Masthead("http://127.0.0.1:9/prefix/", key="mh_k", transport=httpx.MockTransport(answer)), sent


def busy(after: str = "0") -> httpx.Response:
    return httpx.Response(503, headers={"retry-after": after})


def test_reads_are_tried_again() -> None:
    api, sent = scripted(httpx.ConnectError("refused"), busy(), httpx.Response(200, json={"status": "ok"}))
    assert api.get_liveness()["status"] == "ok"
    assert len(sent) == 3
    assert str(sent[2].url) == "http://127.0.0.1:9/prefix/health/live"
    assert sent[2].headers["authorization"] == "Bearer mh_k"


@pytest.mark.parametrize(("answers", "sends"), [([busy("3600")], 1), ([busy(), busy(), busy()], 3)])
def test_the_last_answer_is_the_answer(answers: list[httpx.Response], sends: int) -> None:
    api, sent = scripted(*answers)
    with pytest.raises(MastheadError) as failed:
        api.get_liveness()
    assert (failed.value.status, failed.value.code, len(sent)) == (503, None, sends)


def test_a_write_is_tried_again_only_with_an_idempotency_key() -> None:
    api, sent = scripted(busy(), httpx.Response(201, json={}))
    with pytest.raises(MastheadError):
        api.create_source({"name": "Wire"})
    assert len(sent) == 1
    api, sent = scripted(busy(), httpx.Response(201, json={"data": {}}))
    api.create_source({"name": "Wire"}, idempotency_key="a")
    assert [json.loads(request.content) for request in sent] == [{"name": "Wire"}] * 2


def test_a_page_that_leads_to_itself_is_an_error() -> None:
    page = {"data": [1], "meta": {"has_more": True, "limit": 1, "next_cursor": "a"}, "links": {}}
    api, _ = scripted(*(httpx.Response(200, json=page) for _ in range(3)))
    with pytest.raises(ValueError, match="leads to itself"):
        list(items(lambda cursor: api.list_tags(cursor=cursor)))


def test_retry_after_is_seconds_or_a_date() -> None:
    def asked(field: str) -> float | None:
        return retry_after(httpx.Response(503, headers={"retry-after": field}), NOW)

    later: Callable[[int], str] = lambda seconds: format_datetime(AT + dt.timedelta(seconds=seconds), usegmt=True)
    assert [asked("7"), asked(later(10)), asked(later(-60)), asked("soon"), asked("")] == [7, 10, 0, None, None]

"""The client against the served demo."""

import asyncio
import base64
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from masthead_client import AllOf, AsyncMasthead, Masthead, MastheadError, WebhookMessage, alternates, async_items, items, models, picture, verify_webhook

from conftest import Demo, wait_for

DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGNQcEgAIgYIBQAUDgMB2CbWGAAAAABJRU5ErkJggg==")


def test_lists_are_read_page_by_page(reader: Masthead) -> None:
    titles = [
        article["title"]
        for article in items(lambda cursor: reader.list_articles(lang="fr,en", fields=["title"], limit=7, cursor=cursor))
    ]
    assert len(titles) == reader.list_articles(lang="fr,en", count="exact")["meta"].get("total")
    hits = [hit["score"] for hit in items(lambda cursor: reader.search_articles(q="archive", limit=3, cursor=cursor))]
    assert len(hits) > 3


def test_a_list_means_any_of_its_values_and_all_of_all(reader: Masthead) -> None:
    assert reader.list_articles(lang="en", tag=AllOf(["archives", "libraries"]), count="exact")["meta"].get("total") == 2
    assert (reader.list_articles(lang="en", tag=["archives", "libraries"], count="exact")["meta"].get("total") or 0) > 2
    assert reader.list_articles(lang="en", tag="archives")["data"]


def test_paths_and_slugs_in_any_script_are_ids(reader: Masthead) -> None:
    assert reader.get_section("international/events", lang="en")["data"]["name"] == "EVENTS"
    assert reader.list_sections(lang="en", tree=True)["data"][0].get("children")
    article = reader.get_article("小型档案馆议定共同抢救次序", lang="zh")["data"]
    assert [link["hreflang"] for link in alternates(article, "en")] == ["en", "fr", "zh", "x-default"]
    assert reader.get_article("rescue-list-for-small-archives")["data"]["slug"] == "small-archives-agree-on-what-to-save-first"


def test_a_problem_is_an_error_with_its_code(reader: Masthead) -> None:
    with pytest.raises(MastheadError) as gone:
        reader.get_article("the-letters-in-the-biscuit-tin")
    assert (gone.value.status, gone.value.code) == (410, "withdrawn")
    assert gone.value.problem and gone.value.problem.get("reason") == "legal"


def test_every_read_without_parameters_answers(desk: Masthead) -> None:
    assert desk.get_liveness()["status"] == "ok"
    assert desk.get_readiness()["status"] == "ok"
    assert "masthead" in desk.get_metrics()
    assert desk.get_openapi()["openapi"] == "3.1.0"
    assert desk.get_edition_json_feed("en")["items"]
    assert "<rss" in desk.get_section_rss_feed("en", "international/events")
    for listed in (desk.list_editions, desk.list_authors, desk.list_sources, desk.list_tags, desk.list_keys, desk.list_audit):
        assert listed(limit=1)["data"]
    assert desk.resolve_url(url="/en/international/events")["data"]["type"] == "section"
    assert desk.suggest(q="arch", lang="en")["data"]


def test_an_article_is_written_previewed_published_and_taken_away(desk: Masthead, reader: Masthead) -> None:
    medium = desk.create_medium(DOT, name="dot.png", alt={"en": "A dot"}, focal_point={"x": 0.5, "y": 0.5})["data"]
    assert medium["alt"] == {"en": "A dot"}
    wait_for(lambda: desk.get_medium(medium["id"])["data"]["state"] == "ready")
    assert desk.get_medium_original(medium["id"]) == DOT
    draft = desk.create_article({"lang": "en", "title": "Dots", "media": [{"id": medium["id"]}]}, idempotency_key="dots")["data"]
    again = desk.create_article({"lang": "en", "title": "Dots", "media": [{"id": medium["id"]}]}, idempotency_key="dots")["data"]
    assert again["id"] == draft["id"]
    token = desk.create_preview(draft["id"])["data"]["token"]
    shown = reader.get_article(draft["id"], preview=token)["data"]
    assert picture(shown["media"][0])["sources"][0]["srcset"].endswith(" 2w")
    with pytest.raises(MastheadError) as stale:
        desk.update_article(draft["id"], {"summary": "Round."}, if_match='"v9"')
    assert stale.value.code == "precondition_failed"
    desk.update_article(draft["id"], {"summary": "Round."}, if_match=f'"v{draft["version"]}"')
    assert desk.publish_article(draft["id"])["data"]["status"] == "published"
    desk.delete_article(draft["id"], if_match="*")
    with pytest.raises(MastheadError) as gone:
        reader.get_article(draft["id"])
    assert gone.value.status == 410


def test_a_bulk_answers_each_line(desk: Masthead) -> None:
    operations: list[models.BulkLine] = [{"op": "create", "data": {"lang": "en", "title": "One"}}, {"op": "create"}]
    told = desk.run_bulk({"operations": operations})["data"]
    assert [result["status"] for result in told] == [201, 422]


def test_the_asynchronous_client_does_the_same(demo: Demo) -> None:
    async def read() -> list[str]:
        async with AsyncMasthead(demo.url, key=demo.key) as api:
            medium = (await api.create_medium(DOT, alt={"en": "A dot"}))["data"]
            assert medium["alt"] == {"en": "A dot"}
            with pytest.raises(MastheadError):
                await api.get_article("no-such-article")
            return [tag["slug"] async for tag in async_items(lambda cursor: api.list_tags(limit=5, cursor=cursor))]

    slugs = asyncio.run(read())
    assert len(slugs) > 5 and len(set(slugs)) == len(slugs)


def test_messages_of_the_service_are_verified(desk: Masthead) -> None:
    received: list[tuple[dict[str, str], bytes]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((dict(self.headers.items()), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made = desk.create_webhook({"name": "Ours", "url": f"http://127.0.0.1:{server.server_port}/", "include_article": True})["data"]
        desk.create_article({"lang": "en", "title": "Told at once", "status": "published"})
        rotated = desk.rotate_webhook_secret(made["id"])["data"]
        desk.test_webhook(made["id"])
        wait_for(lambda: len(received) >= 2)
        server.shutdown()
        desk.delete_webhook(made["id"], if_match="*")
    old, new = made.get("secret"), rotated.get("secret")
    assert old and new
    messages: list[WebhookMessage] = [verify_webhook(headers, body, [new, old]) for headers, body in received]
    published = next(message for message in messages if message["type"] == "article.published")
    assert published["data"].get("article", {}).get("title") == "Told at once"
    headers, body = next(one for one in received if json.loads(one[1])["type"] == "test")
    for secret in (old, new):
        assert verify_webhook(headers, body, secret)["type"] == "test"


def test_a_stranger_may_not(new_partner: Callable[[], tuple[Masthead, str, str]]) -> None:
    partner, _, _ = new_partner()
    with pytest.raises(MastheadError) as refused:
        partner.list_keys()
    assert refused.value.status == 403

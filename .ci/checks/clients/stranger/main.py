"""Imports the installed client by its name, as a project does that has it from a registry."""

import httpx
from masthead_client import AsyncMasthead, Masthead, MastheadError, follow_changes, items, verify_webhook


def answer(request: httpx.Request) -> httpx.Response:
    cursor = None if "cursor" in request.url.params else "c"
    data = [{"id": "1", "lang": "en", "title": "One" if cursor else "Two"}]
    return httpx.Response(200, json={"data": data, "meta": {"limit": 1, "has_more": cursor is not None, "next_cursor": cursor}, "links": {}})


with Masthead("https://api.example.org", transport=httpx.MockTransport(answer)) as api:
    titles: list[str] = [
        article["title"] for article in items(lambda cursor: api.list_articles(lang="en", tag=["archives"], cursor=cursor))
    ]
    assert titles == ["One", "Two"], titles
    api.list_articles(sort="newest")  # type: ignore[arg-type]
assert callable(follow_changes) and callable(verify_webhook) and issubclass(MastheadError, Exception)
assert AsyncMasthead.__doc__
print("a stranger's program uses the installed wheel")

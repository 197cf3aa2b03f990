"""Reads the demo publication through the client that openapi-python-client made of our document."""

import importlib
import os
import pkgutil

import masthead_client.api
from masthead_client import Client

URL = os.environ["MASTHEAD_URL"]
KEY = os.environ["MASTHEAD_KEY"]


def operation(name):
    """The generated module of an operation, whatever tag it was filed under."""
    for module in pkgutil.walk_packages(masthead_client.api.__path__, "masthead_client.api."):
        if module.name.endswith(f".{name}"):
            return importlib.import_module(module.name)
    raise AssertionError(f"the client has no operation {name}")


def call(client, name, *args, **kwargs):
    """The parsed answer of an operation that must succeed."""
    response = operation(name).sync_detailed(*args, client=client, **kwargs)
    assert response.status_code == 200, f"{name}: {response.status_code}"
    return response.parsed


def reads_articles(client):
    page = call(client, "list_articles", limit=2)
    assert len(page.data) == 2, page
    assert page.meta.limit == 2 and page.meta.has_more is True, page.meta
    first = page.data[0]
    assert first.title.strip() and first.authors, first
    article = call(client, "get_article", str(first.id)).data
    assert article.id == first.id and article.title == first.title, article

    following = call(client, "list_articles", limit=2, cursor=page.meta.next_cursor)
    assert {a.id for a in following.data}.isdisjoint(a.id for a in page.data), following


def answers_problems(client):
    missing = operation("get_article").sync_detailed("00000000-0000-7000-8000-000000000000", client=client)
    assert missing.status_code == 404, missing
    assert missing.parsed.status == 404 and missing.parsed.code, missing.parsed


def keeps_drafts_behind_the_key():
    anonymous, admin = Client(URL), Client(URL, headers={"Authorization": f"Bearer {KEY}"})
    statuses = [c.get_httpx_client().get("/api/articles?status=draft").status_code for c in (anonymous, admin)]
    assert statuses == [401, 200], statuses


def main():
    client = Client(URL)
    reads_articles(client)
    answers_problems(client)
    keeps_drafts_behind_the_key()
    print("the Python client read articles, a problem, and drafts by key")


if __name__ == "__main__":
    main()

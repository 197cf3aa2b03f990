"""Reads every feed as a reader would: feedparser must see what the API says, RFC 5005's links must lead through all of
it, and JSON Feeds must fit the schema. Leaves the documents in a folder for the checks that need files."""

import json
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

import feedparser
import jsonschema
from referencing import Registry, Resource

URL, OUT, SCHEMA = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
PAGE = int(sys.argv[4])
FILES = ["rss.xml", "atom.xml", "feed.json"]
ATOM = "{http://www.w3.org/2005/Atom}"


def get(url, **headers):
    """Status, header fields and body of an address."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def api(path):
    status, _, body = get(URL + path)
    assert status == 200, (path, status)
    return json.loads(body)


def articles(query):
    """All articles that a query lists, newest first."""
    found, path = [], f"/api/articles?limit=100&{query}"
    while path:
        page = api(path)
        found += page["data"]
        path = page["links"]["next"]
    return found


def quoted(text):
    return urllib.parse.quote(text, safe="/")


def feeds():
    """Path and the API's query of one feed of each kind, and of every edition and top section."""
    for edition in api("/api/editions")["data"]:
        lang = edition["lang"]
        yield f"/feeds/{lang}", f"lang={lang}"
        for section in api(f"/api/sections?lang={lang}&limit=10")["data"]:
            yield f"/feeds/{lang}/sections/{quoted(section['path'])}", f"lang={lang}&section={section['id']}"
        for kind in ["authors", "sources", "tags"]:
            for one in api(f"/api/{kind}?limit=3")["data"]:
                slug = quoted(one["slug"])
                yield f"/feeds/{lang}/{kind}/{slug}", f"lang={lang}&{kind[:-1]}={slug}"


def check_page(parsed, expected, where):
    """What feedparser sees of a page is what the API says of these articles."""
    assert not parsed.bozo, (where, parsed.get("bozo_exception"))
    assert [entry.id for entry in parsed.entries] == [f"urn:uuid:{one['id']}" for one in expected], where
    for entry, one in zip(parsed.entries, expected):
        assert entry.title == one["title"], (where, entry.title, one["title"])
        assert entry.published_parsed and entry.updated_parsed and entry.link, (where, one["id"])
        assert [author.name for author in entry.get("authors", []) if author] in (
            [author["name"] for author in one["authors"]],
            [],
        ), (where, entry.get("authors"))


def next_of(kind, body):
    if kind == "feed.json":
        return json.loads(body).get("next_url")
    root = ElementTree.fromstring(body)
    for link in root.iter(f"{ATOM}link"):
        if link.get("rel") == "next":
            return link.get("href")
    return None


def walk(path, kind, query, validator, keep):
    expected, url, seen = articles(query), f"{URL}{path}/{kind}?limit={PAGE}", 0
    while url:
        status, headers, body = get(url)
        assert status == 200, (url, status)
        (OUT / f"{keep}-{seen}-{kind}").write_bytes(body)
        page = expected[seen : seen + PAGE]
        if kind == "feed.json":
            feed = json.loads(body)
            if validator:
                validator.validate(feed)
            assert [item["title"] for item in feed["items"]] == [one["title"] for one in page], url
        else:
            check_page(feedparser.parse(body), page, url)
        assert get(url, **{"If-None-Match": headers["ETag"]})[0] == 304, url
        assert get(url, **{"If-Modified-Since": headers["Last-Modified"]})[0] == 304, url
        seen += len(page)
        url = next_of(kind, body)
    assert seen == len(expected), (path, kind, seen, len(expected))
    return seen


def json_feed_validator():
    """The schema of JSON Feed 1.1. Its files call themselves draft-04, but are written in the words of draft 7."""
    if not (SCHEMA / "feed.json").exists():
        print(f"**** NOT CHECKED: the JSON Feed schema is not in {SCHEMA} ****")
        return None
    schema, shared = (json.loads((SCHEMA / name).read_text()) for name in ("feed.json", "feed-1.json"))
    for one in (schema, shared):
        one["$schema"] = "http://json-schema.org/draft-07/schema#"
    registry = Registry().with_resource("feed-1", Resource.from_contents(shared))
    return jsonschema.Draft7Validator(schema, registry=registry)


def main():
    validator = json_feed_validator()
    count = read = 0
    for path, query in feeds():
        for kind in FILES:
            read += walk(path, kind, query, validator, f"{count:03}")
            count += 1
    assert count >= 30 and read >= 100, (count, read)
    print(f"feedparser and a JSON reader read {count} feeds, {read} items, in pages, with 304 for each page known")


if __name__ == "__main__":
    main()

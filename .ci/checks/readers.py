"""Reads feeds under a path prefix with feedparser and with reader: every entry opens the article's own page in its own
language, the channel its own, and every picture is at an absolute address that answers.

    readers.py URL
"""

import json
import sys
import urllib.parse
import urllib.request

import feedparser
from bs4 import BeautifulSoup
from reader import make_reader

URL = sys.argv[1]
fetched = {}


def get(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.headers.get_content_type(), answer.read()


def api(path):
    return json.loads(get(URL + path)[1])


def quoted(text):
    return urllib.parse.quote(text, safe="/")


def feeds():
    """One feed of each kind in each edition."""
    for edition in api("/api/editions")["data"]:
        lang = edition["lang"]
        yield lang, f"/feeds/{lang}"
        for section in api(f"/api/sections?lang={lang}&limit=2")["data"]:
            yield lang, f"/feeds/{lang}/sections/{quoted(section['path'])}"
        for kind in ("authors", "sources", "tags"):
            for one in api(f"/api/{kind}?limit=2")["data"]:
                yield lang, f"/feeds/{lang}/{kind}/{quoted(one['slug'])}"


def check_picture(url, where):
    """An absolute address; one of this service answers with a picture."""
    assert urllib.parse.urlsplit(url).scheme in ("http", "https"), (where, url)
    if "/media/" in url and url not in fetched:
        assert url.startswith(URL), (where, url)
        fetched[url] = get(url)[0]
        assert fetched[url].startswith("image/"), (where, url, fetched[url])


def check_html(html, where):
    soup = BeautifulSoup(html, "html.parser")
    for image in soup.find_all("img"):
        check_picture(image["src"], where)
    for link in soup.find_all("a", href=True):
        assert urllib.parse.urlsplit(link["href"]).scheme, (where, link["href"])


def check_entry(link, article, where):
    assert link == article["url"], (where, link, article["url"])


def check_feedparser(url, own, articles):
    parsed = feedparser.parse(get(url)[1])
    others = {page for lang, page in homes.items() if lang != own}
    assert parsed.feed.link not in others, (url, parsed.feed.link)
    for entry in parsed.entries:
        article = articles[entry.id.removeprefix("urn:uuid:")]
        check_entry(entry.link, article, url)
        for content in entry.get("content", []):
            check_html(content.value, url)
        media = [one["url"] for one in entry.get("media_content", [])] + [one["href"] for one in entry.get("enclosures", [])]
        for picture in media:
            check_picture(picture, url)
        for enclosure in entry.get("enclosures", []):
            if enclosure["href"].startswith(URL):
                assert enclosure["type"].startswith("image/") and int(enclosure["length"]) > 0, (url, enclosure)
    return len(parsed.entries)


def check_json(url, articles):
    for item in json.loads(get(url)[1])["items"]:
        check_entry(item["url"], articles[item["id"].removeprefix("urn:uuid:")], url)
        check_html(item.get("content_html", ""), url)
        for picture in [item.get("image")] + [one["url"] for one in item.get("attachments", [])]:
            if picture:
                check_picture(picture, url)


def check_reader(addresses, articles):
    """What the library keeps after an update."""
    kept = 0
    with make_reader(":memory:") as reader:
        for url in addresses:
            reader.add_feed(url)
        reader.update_feeds()
        for feed in reader.get_feeds():
            assert feed.last_exception is None, (feed.url, feed.last_exception)
        for entry in reader.get_entries():
            check_entry(entry.link, articles[entry.id.removeprefix("urn:uuid:")], entry.feed_url)
            kept += 1
    return kept


def all_articles():
    found, path = {}, "/api/articles?limit=100"
    while path:
        page = api(path)
        found.update((one["id"], one) for one in page["data"])
        # The links have the prefix, and so has URL.
        path = page["links"]["next"] and page["links"]["next"].removeprefix(urllib.parse.urlsplit(URL).path)
    return found


articles = all_articles()
homes = {edition["lang"]: api(f"/feeds/{edition['lang']}/feed.json")["home_page_url"] for edition in api("/api/editions")["data"]}


def main():
    read, addresses = 0, []
    for lang, below in feeds():
        for file in ("rss.xml", "atom.xml"):
            addresses.append(f"{URL}{below}/{file}?limit=100")
            read += check_feedparser(addresses[-1], lang, articles)
        addresses.append(f"{URL}{below}/feed.json?limit=100")
        check_json(addresses[-1], articles)
    kept = check_reader(addresses, articles)
    assert read >= 100 and kept >= 100, (read, kept)
    assert any(url.startswith(URL) for url in fetched), "no picture of ours"
    print(f"feedparser read {read} entries and reader kept {kept}: each opens its own page; {len(fetched)} pictures answer")


if __name__ == "__main__":
    main()

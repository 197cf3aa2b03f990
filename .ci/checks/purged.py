"""A Varnish in front that Masthead tells what to forget: a correction shows within a second of the write's answer, what it
touched is made anew, and nothing else is dropped.

    purged.py DIRECT KEY VARNISH
"""

import json
import time

from proxied import DIRECT, KEY, PROXIES, ask, write

VARNISH = PROXIES[-1]
KEYED = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "If-Match": "*"}
# Each change is told twice, some seconds apart.
SETTLED = 8


def seen(path):
    """What Varnish answers: the status, from where, and the body."""
    status, headers, body = ask(VARNISH, path, **{"Accept-Encoding": "identity"})
    return status, headers["x-cache"], json.loads(body)


def warm(*paths):
    for path in paths:
        deadline = time.monotonic() + 10
        while seen(path)[1] != "HIT":
            assert time.monotonic() < deadline, f"{path} is not kept"


def shows(path, is_so, within=1.0):
    """Waits until Varnish shows something; the seconds that it took."""
    began = time.monotonic()
    while not is_so(*seen(path)):
        assert time.monotonic() - began < within, (path, seen(path))
        time.sleep(0.01)
    return time.monotonic() - began


def published(title, tag):
    return write("/api/articles", {"lang": "en", "title": title, "status": "published", "tags": [tag]})


def main():
    one, other = published("Before", "purge-one"), published("Left alone", "purge-other")
    path, listed = f"/api/articles/{one['id']}", "/api/articles?limit=5&tag=purge-one"
    others = [f"/api/articles/{other['id']}", "/api/articles?limit=5&tag=purge-other", "/api/articles?limit=5&lang=fr", "/api/articles?limit=5&lang=zh"]
    time.sleep(SETTLED)
    warm(path, listed, *others)
    status, _, answer = ask(DIRECT, path, "PATCH", b'{"title":"After"}', **KEYED)
    assert status == 200, answer
    took = shows(path, lambda status, _, body: status == 200 and body["data"]["title"] == "After")
    assert [row["title"] for row in seen(listed)[2]["data"]] == ["After"], seen(listed)
    for untouched in others:
        assert seen(untouched)[1] == "HIT", untouched
    draft = write("/api/articles", {"lang": "en", "title": "Not yet", "tags": ["purge-one"]})
    time.sleep(SETTLED)
    warm(path, listed, *others)
    ask(DIRECT, f"/api/articles/{draft['id']}", "PATCH", b'{"title":"Still not"}', **KEYED)
    time.sleep(1)
    for untouched in (path, listed, *others):
        assert seen(untouched)[1] == "HIT", f"a draft drops {untouched}"
    assert ask(DIRECT, path, "DELETE", **KEYED)[0] < 300
    shows(path, lambda status, *_: status == 410)
    shows(listed, lambda _, __, body: body["data"] == [])
    for untouched in others:
        assert seen(untouched)[1] == "HIT", untouched
    print(f"a correction shows {took * 1000:.0f} ms after the write's answer, and {len(others)} other answers stay where they are")


if __name__ == "__main__":
    main()

"""Does with the proxies of deploy/ what `proxied.py` does, and what is particular to them: streams that nothing holds up, headers
that strangers must not send through, codings, ranges and conditions, keys that no cache answers, and purging by surrogate key.

    deployed.py DIRECT KEY PROXY…

The last proxy is the one that purges.
"""

import http.client
import json
import ssl
import time
import urllib.parse
import urllib.request

import proxied
from proxied import DIRECT, KEY, PROXIES, ask, compare, directly, same, write

VARNISH = PROXIES[-1]
KEYED = {"Authorization": f"Bearer {KEY}"}
CODINGS = ("br", "gzip", "zstd", "gzip, deflate, br", "gzip;q=0.5, br;q=0", "identity;q=0.5, *;q=0.1")


def plain():
    """Those that a client without HTTP/2 can ask."""
    return [proxy for proxy in PROXIES if not proxy.startswith("h2+")]


def forms_of_requests():
    """What is asked of one address in other forms: the same bytes under the same entity tag."""
    path = "/api/articles?limit=20"
    for coding in CODINGS:
        compare(path, **{"Accept-Encoding": coding})
    compare(path, "HEAD")
    compare(path, Accept="application/ld+json")
    medium = json.loads(ask(DIRECT, "/api/media?limit=1", **KEYED)[2])["data"][0]
    picture = "/media/" + medium["renditions"][0]["url"].rsplit("/", 1)[1]
    for proxy in PROXIES:
        tag = directly(proxy, path)[1]["etag"]
        assert ask(proxy, path, **{"If-None-Match": tag})[0] == 304, proxy
        part = ask(proxy, picture, Range="bytes=5-20")
        assert part[0] == 206 and part[2] == directly(proxy, picture)[2][5:21], (proxy, part)


def odd_addresses():
    """Addresses whose escapes a proxy could take apart."""
    for path in ("/api/articles/%E7%BA%B8", "/api/tags/a%2Fb", "/api/tags/%25", "/api/articles?lang=en&author=a%26b", "/api/search?q=%22a%2Bb%22"):
        compare(path)


def spoofed_headers():
    """Masthead trusts its proxies, so what they let through from a stranger would change the links of everybody."""
    for proxy in PROXIES:
        path = f"/api/articles?limit=3&page={PROXIES.index(proxy) + 1}"
        wanted = directly(proxy, path)
        same(proxy, path, wanted, ask(proxy, path, **{"X-Forwarded-Prefix": "/elsewhere"}))
        same(proxy, path, wanted, ask(proxy, path))


def http10_clients():
    class Old(http.client.HTTPConnection):
        _http_vsn, _http_vsn_str = 10, "HTTP/1.0"

    for proxy in plain():
        parts = urllib.parse.urlsplit(proxy)
        if parts.scheme == "http":
            connection = Old(parts.hostname, parts.port, timeout=20)
            headers = {"Accept-Encoding": "identity", "Host": parts.netloc}
            connection.request("GET", parts.path + "/api/articles?limit=100", headers=headers)
            answer = connection.getresponse()
            body, wanted = answer.read(), directly(proxy, "/api/articles?limit=100")[2]
            assert answer.status == 200 and body == wanted, (proxy, answer.status, len(body), len(wanted), body[-300:])
            connection.close()


def streams():
    """Each event comes through while the stream goes on."""
    opened = []
    for proxy in plain():
        stream = urllib.request.urlopen(proxy + "/api/changes/stream", timeout=60, context=ssl.create_default_context())
        greeting = stream.readline()
        assert greeting.startswith(b":"), (proxy, greeting)
        opened.append((proxy, stream))
    write("/api/articles", {"lang": "en", "title": "Sent at once", "status": "published"})
    for proxy, stream in opened:
        deadline, line = time.monotonic() + 60, b""
        while b"Sent at once" not in line:
            assert time.monotonic() < deadline, (proxy, line[:300])
            line = stream.readline()
            assert line, f"{proxy}: the stream ends"
        stream.close()


def caches_answer_no_key():
    """A draft is shown to its key, kept by no cache, and an answer that was kept is not shown to a key."""
    draft = write("/api/articles", {"lang": "en", "title": "Not yet"})
    path = f"/api/articles/{draft['id']}"
    for proxy in PROXIES:
        assert ask(proxy, path, **KEYED)[0] == 200, proxy
        assert ask(proxy, path)[0] == 404, proxy
        ask(proxy, "/api/articles?limit=4")
        kept = ask(proxy, "/api/articles?limit=4", **KEYED)
        assert kept[1].get("x-cache") in (None, "BYPASS", "MISS"), (proxy, kept[1]["x-cache"])


def purge(keys, **headers):
    status, answered, _ = ask(VARNISH, "/", "PURGE", **({"Surrogate-Key": keys} if keys else {}), **headers)
    return status, int(answered.get("x-purged") or 0)


def title_at(path, coding, cache):
    status, headers, body = ask(VARNISH, path, **{"Accept-Encoding": coding})
    assert status == 200 and headers["x-cache"] == cache, (path, coding, status, headers["x-cache"])
    return None if coding != "identity" else json.loads(body)["data"]["title"]


def purging():
    one, other = (write("/api/articles", {"lang": "en", "title": title, "status": "published"}) for title in ("Before", "Other"))
    path, beside, listed = f"/api/articles/{one['id']}", f"/api/articles/{other['id']}", "/api/articles?limit=5&lang=en"
    for coding in ("identity", "br"):
        for cache in ("MISS", "HIT"):
            title_at(path, coding, cache)
    ask(VARNISH, beside), ask(VARNISH, listed)
    status, _, answer = ask(DIRECT, path, "PATCH", b'{"title":"After"}', **KEYED, **{"Content-Type": "application/json", "If-Match": "*"})
    assert status == 200, answer
    assert title_at(path, "identity", "HIT") == "Before"
    assert purge(None)[0] == 400
    assert purge(f"article:{one['id']}", **{"X-Forwarded-For": "192.0.2.1"})[0] == 403
    status, dropped = purge(f"article:{one['id']} articles")
    assert status == 200 and dropped >= 3, (status, dropped)
    assert title_at(path, "identity", "MISS") == "After"
    title_at(path, "br", "MISS")
    same(VARNISH, listed, ask(DIRECT, listed), ask(VARNISH, listed))
    # The article beside it is in the list `articles` too, so it went with it; a key of its own drops nothing else.
    title_at(beside, "identity", "MISS")
    assert purge(f"article:{one['id']}")[0] == 200
    title_at(beside, "identity", "HIT")
    assert ask(DIRECT, path, "DELETE", **KEYED, **{"If-Match": "*"})[0] < 300
    assert purge(f"article:{one['id']}")[0] == 200
    assert ask(VARNISH, path)[0] in (404, 410)


def main():
    proxied.main()
    for check in (forms_of_requests, odd_addresses, spoofed_headers, http10_clients, streams, caches_answer_no_key, purging):
        check()
        print(f"{check.__name__} passed")


if __name__ == "__main__":
    main()

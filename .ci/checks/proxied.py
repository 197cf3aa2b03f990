"""Asks everything that anybody may read, and what a client of nginx writes, through a stock nginx and directly: the same
status and the same bytes, and no answer that nginx makes up.

    proxied.py DIRECT HTTP10 HTTP11 KEY
"""

import json
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib

DIRECT, *PROXIES = sys.argv[1:4]
KEY = sys.argv[4]
# Numbers of a moment: their bytes differ from one request to the next.
MOMENTARY = {"/metrics", "/health/ready"}
COPIED = {"etag", "last-modified", "cache-control", "content-type", "content-language", "vary", "surrogate-key", "link"}


def ask(base, path, method="GET", body=None, **headers):
    headers = {"Accept-Encoding": "identity", "X-Request-Id": "proxied", **headers}
    request = urllib.request.Request(base + path, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def read(path):
    status, _, body = ask(DIRECT, path)
    assert status == 200, (path, status)
    return json.loads(body)


def write(path, content=None, method="POST"):
    headers = {"Authorization": f"Bearer {KEY}"}
    if content is not None:
        headers["Content-Type"] = "application/json"
    body = None if content is None else json.dumps(content).encode()
    status, _, answer = ask(DIRECT, path, method, body, **headers)
    assert status < 300, (path, status, answer)
    return json.loads(answer)["data"]


def picture():
    """A PNG of 640 by 4 pixels."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((x + y) % 256 for x in range(640 * 3)) for y in range(4))
    head = struct.pack(">IIBBBBB", 640, 4, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def upload():
    """The id of an uploaded picture, once its renditions are there."""
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + picture() + b"\r\n--x--\r\n"
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "multipart/form-data; boundary=x"}
    status, _, answer = ask(DIRECT, "/api/media", "POST", body, **headers)
    assert status == 201, (status, answer)
    medium = json.loads(answer)["data"]
    for _ in range(100):
        _, _, answer = ask(DIRECT, f"/api/media/{medium['id']}", Authorization=f"Bearer {KEY}")
        medium = json.loads(answer)["data"]
        if medium["state"] == "ready":
            return medium
        time.sleep(0.1)
    raise AssertionError(medium)


def routes(document, medium):
    """Every public GET of the document with its examples, and with the longest pages."""
    for path, item in document["paths"].items():
        operation = item.get("get")
        if not operation or path.endswith("/stream"):
            continue
        names, target = [parameter["name"] for parameter in operation.get("parameters", [])], path
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                target = target.replace("{%s}" % parameter["name"], urllib.parse.quote(str(parameter["example"]), safe="/"))
        if path == "/media/{name}":
            for rendition in medium["renditions"]:
                # Its address is below the public URL, and so below the prefix.
                yield "/media/" + rendition["url"].rsplit("/", 1)[1]
            continue
        yield target
        if "limit" in names:
            yield f"{target}?limit=100"
        if "include" in names and "body" in names:
            yield f"{target}?include=related&body=blocks" + ("&limit=100" if "limit" in names else "")
        if "format" in names:
            yield from (f"{target}?format={form}" + ("&limit=100" if "limit" in names else "") for form in ("jsonld", "ninjs"))
    for lang in ("en", "fr", "zh"):
        yield from (f"/feeds/{lang}/{file}?limit=100" for file in ("rss.xml", "atom.xml", "feed.json"))
        yield f"/sitemaps/{lang}-1.xml"
    yield from ("/", "/docs", "/problems", "/api/nothing", "/api/articles?nothing=1", "/api/resolve?url=https://elsewhere.example/")


def compare(path):
    wanted = ask(DIRECT, path)
    assert wanted[0] < 500, (path, wanted[0], wanted[2][:300])
    for proxy in PROXIES:
        status, headers, body = ask(proxy, path)
        assert status == wanted[0], (proxy + path, status, wanted[0], body[:300])
        assert path in MOMENTARY or body == wanted[2], (proxy + path, body[:300], wanted[2][:300])
        differs = {name for name in COPIED if path not in MOMENTARY and headers.get(name) != wanted[1].get(name)}
        assert not differs, (proxy + path, differs)


def writes():
    """Writes without a body are what a proxy of HTTP/1.0 sends without a length."""
    for proxy in PROXIES:
        article = write("/api/articles", {"lang": "en", "title": f"Written for {proxy}"})
        for step, state in (("publish", "published"), ("unpublish", "draft")):
            status, _, body = ask(proxy, f"/api/articles/{article['id']}/{step}", "POST", Authorization=f"Bearer {KEY}")
            assert status == 200, (proxy, step, status, body)
            assert json.loads(body)["data"]["status"] == state, (proxy, step)
        refused = ask(proxy, "/api/articles", "POST", Authorization=f"Bearer {KEY}")
        assert refused[0] >= 400 and json.loads(refused[2])["request_id"] == "proxied", refused


def main():
    medium = upload()
    write("/api/articles", {"lang": "en", "title": "A picture", "status": "published", "media": [{"id": medium["id"]}]})
    targets = list(routes(read("/openapi.json"), medium))
    # A page of 100 articles, each with what surrogate keys name.
    for number in range(80):
        content = {"lang": "en", "title": f"Filler {number}", "status": "published", "tags": [f"标签 {number} {n}" for n in range(6)]}
        write("/api/articles", content)
    for target in targets:
        compare(target)
    writes()
    print(f"{len(targets)} addresses are the same bytes through nginx by HTTP/1.0 and HTTP/1.1")


if __name__ == "__main__":
    main()

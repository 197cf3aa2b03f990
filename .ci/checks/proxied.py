"""Asks everything that anybody may read, and what a client of a proxy writes, through proxies and directly: the same status
and the same bytes, and no answer that a proxy makes up. Caches are asked twice, and answer the second time themselves.

    proxied.py DIRECT KEY PROXY…

A proxy with a path serves Masthead below it. `h2+https://…` is asked by HTTP/2.
"""

import json
import os
import ssl
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib

import httpx

DIRECT, KEY, *PROXIES = sys.argv[1:]
# Numbers and times of a moment: they differ from one request to the next.
MOMENTARY = {"/metrics", "/health/live", "/health/ready"}
# Of what comes with the program, each node says the time of its own start.
OF_DATABASE = ("/api", "/feeds", "/sitemap", "/media")
SEVERAL_NODES = False
HTTP2 = None
COPIED = {"etag", "last-modified", "cache-control", "content-type", "content-language", "vary", "surrogate-key", "link"}


def ask(base, path, method="GET", body=None, **headers):
    headers = {"Accept-Encoding": "identity", "X-Request-Id": "proxied", **headers}
    if base.startswith("h2+"):
        return ask_http2(base.removeprefix("h2+") + path, method, body, headers)
    request = urllib.request.Request(base + path, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def ask_http2(address, method, body, headers):
    global HTTP2
    if HTTP2 is None:
        HTTP2 = httpx.Client(http2=True, http1=False, verify=ssl.create_default_context(), timeout=20)
    # The bytes as they came: httpx itself would expand them.
    with HTTP2.stream(method, address, content=body, headers=headers) as answer:
        assert answer.http_version == "HTTP/2", (address, answer.http_version)
        return answer.status_code, answer.headers, b"".join(answer.iter_raw())


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


def directly(proxy, path, method="GET", **headers):
    """The answer of the server itself to what the proxy passes on."""
    prefix = urllib.parse.urlsplit(proxy).path
    return ask(DIRECT, path, method, **headers, **({"X-Forwarded-Prefix": prefix} if prefix else {}))


def same(proxy, path, wanted, got):
    assert got[0] == wanted[0], (proxy + path, got[0], wanted[0], got[2][:300])
    if path in MOMENTARY:
        return
    at = len(os.path.commonprefix([got[2], wanted[2]]))
    assert got[2] == wanted[2], (proxy + path, at, got[2][max(at - 100, 0) : at + 200], wanted[2][max(at - 100, 0) : at + 200])
    names = COPIED - {"last-modified"} if SEVERAL_NODES and not path.startswith(OF_DATABASE) else COPIED
    differs = {name: (got[1].get(name), wanted[1].get(name)) for name in names if got[1].get(name) != wanted[1].get(name)}
    assert not differs, (proxy + path, differs)


def compare(path, method="GET", **headers):
    for proxy in PROXIES:
        wanted = directly(proxy, path, method, **headers)
        assert wanted[0] < 500, (path, wanted[0], wanted[2][:300])
        got = ask(proxy, path, method, **headers)
        same(proxy, path, wanted, got)
        if got[1].get("x-cache") and "max-age" in wanted[1].get("cache-control", ""):
            again = ask(proxy, path, method, **headers)
            same(proxy, path, wanted, again)
            assert again[1]["x-cache"] == "HIT", (proxy + path, again[1]["x-cache"])


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
    if SEVERAL_NODES:
        # After which a write shows on each.
        time.sleep(2)
    for target in targets:
        compare(target)
    writes()
    print(f"{len(targets)} addresses are the same bytes through {len(PROXIES)} proxies")


if __name__ == "__main__":
    main()

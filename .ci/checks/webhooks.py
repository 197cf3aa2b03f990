"""Receives webhooks as partners do, and verifies each message with the official library of Standard Webhooks.

Three receivers take what the served demo sends: one answers well, one fails and then redirects to an address that must
never be reached, one hangs. Nothing may be lost and the order must hold. What came is written down for `webhooks.mjs`,
which verifies it again with the library for JavaScript.
"""

import json
import os
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

URL = os.environ["MASTHEAD_URL"]
KEY = os.environ["MASTHEAD_KEY"]
PATIENCE = 90


class Receiver:
    """Does the things of its script, one with each message, and answers 204 afterwards."""

    def __init__(self, host, script=()):
        receiver = self
        self.messages = []
        self.script = list(script)
        self.stopping = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                what = receiver.script.pop(0) if receiver.script else 204
                receiver.messages.append({"headers": headers, "body": body, "answered": what})
                if what == "hang":
                    receiver.stopping.wait(PATIENCE)
                    return
                self.send_response(307 if isinstance(what, str) else what)
                if isinstance(what, str):
                    self.send_header("location", what)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer((host, 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://{host}:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, taken):
        deadline = time.monotonic() + PATIENCE
        while sum(m["answered"] == 204 for m in self.messages) < taken:
            assert time.monotonic() < deadline, f"{self.url}: {len(self.messages)} messages came"
            time.sleep(0.1)
        return [m for m in self.messages if m["answered"] == 204]


def call(method, path, content=None, status=200):
    headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
    data = json.dumps(content).encode() if content is not None else b""
    request = urllib.request.Request(URL + path, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == status, f"{method} {path}: {answer.status}"
        return json.loads(answer.read())["data"]


def subscribe(name, receiver):
    return call("POST", "/api/webhooks", {"name": name, "url": receiver.url}, 201)


def must_fail(secret, body, headers, why):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return
    raise AssertionError(f"a message was taken although {why}")


def kinds(messages):
    return [json.loads(message["body"])["type"] for message in messages]


def main(report):
    inside = Receiver("127.0.0.2")
    well = Receiver("127.0.0.1")
    failing = Receiver("127.0.0.1", [500, inside.url])
    hanging = Receiver("127.0.0.1", ["hang"])
    receivers = {"well": well, "failing": failing, "hanging": hanging}
    hooks = {name: subscribe(name, receiver) for name, receiver in receivers.items()}

    article = call("POST", "/api/articles", {"lang": "en", "title": "Told at once", "status": "published"}, 201)
    well.wait_for(1)
    call("POST", f"/api/articles/{article['id']}/withdraw", {"reason": "legal"})
    assert kinds(well.wait_for(2)) == ["article.published", "article.withdrawn"]

    rotated = call("POST", f"/api/webhooks/{hooks['well']['id']}/rotate")
    call("POST", f"/api/webhooks/{hooks['well']['id']}/test", status=202)
    signed_twice = well.wait_for(3)[2]
    old, new = hooks["well"]["secret"], rotated["secret"]
    for secret in (old, new):
        assert Webhook(secret).verify(signed_twice["body"], signed_twice["headers"])["type"] == "test"

    told = []
    for name, receiver in receivers.items():
        # What was taken down while a receiver failed is not told of as published.
        receiver.wait_for({"well": 3}.get(name, 1))
        for message in receiver.messages:
            secret, body, headers = hooks[name]["secret"], message["body"], message["headers"]
            Webhook(secret).verify(body, headers)
            must_fail(secret, body + " ", headers, "its body was altered")
            must_fail(secret, body, {**headers, "webhook-id": "other"}, "its id was altered")
            must_fail(hooks["failing" if name == "well" else "well"]["secret"], body, headers, "the secret is another's")
            told.append({"secret": secret, "body": body, "headers": headers})
    for receiver in (failing, hanging):
        assert kinds(receiver.wait_for(1)) == ["article.withdrawn"], kinds(receiver.messages)
        places = [json.loads(m["body"])["data"]["seq"] for m in receiver.messages]
        assert places == sorted(places), places
    assert not inside.messages, "a private address was reached"
    told.append({"secret": new, "body": signed_twice["body"], "headers": signed_twice["headers"]})
    with open(report, "w", encoding="utf-8") as file:
        json.dump(told, file)
    print(f"{len(told)} messages verified, none at the private address")


if __name__ == "__main__":
    main(sys.argv[1])

"""Asks two nodes through the nginx and the Varnish of compose.cluster.yaml: every public address, writes that both nodes show, and
reads and writes while one node is killed.

    cluster.py FIRST KEY PROXY SECOND PID

PID is the process of the first node.
"""

import json
import os
import signal
import sys
import time

SECOND, PID = sys.argv[4], int(sys.argv[5])
del sys.argv[4:]

import proxied  # noqa: E402
from proxied import DIRECT, KEY, PROXIES, ask  # noqa: E402

KEYED = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}


def publish(title):
    status, _, answer = ask(PROXIES[0], "/api/articles", "POST", json.dumps({"lang": "en", "title": title, "status": "published"}).encode(), **KEYED)
    assert status == 201, (title, status, answer)
    return json.loads(answer)["data"]["id"]


def nodes_agree():
    """A write through nginx shows on both nodes within two seconds."""
    for number in range(6):
        path, deadline = f"/api/articles/{publish(f'For both {number}')}", time.monotonic() + 2
        while [ask(node, path)[0] for node in (DIRECT, SECOND)] != [200, 200]:
            assert time.monotonic() < deadline, path
            time.sleep(0.05)


def one_is_killed():
    """No request fails: nginx and Varnish turn to the other node at once."""
    os.kill(PID, signal.SIGKILL)
    for number in range(40):
        path = f"/api/articles?limit=3&page={number + 1}"
        status, _, body = ask(PROXIES[0], path)
        assert status == 200, (path, status, body[:300])
        status, _, body = ask(PROXIES[0], "/api/keys?limit=1", **KEYED)
        assert status == 200, (status, body[:300])
        publish(f"With one node {number}")


def main():
    proxied.SEVERAL_NODES = True
    proxied.main()
    nodes_agree()
    one_is_killed()
    print("two nodes agree, and one of them is enough")


if __name__ == "__main__":
    main()

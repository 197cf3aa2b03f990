"""A real Prometheus watches a busy server by the configuration, the rules and the dashboard of deploy/: every metric and label that
they name exists, every question has an answer, and every alert leads to a paragraph of docs/operate.md.

    watched.py SERVER KEY
"""

import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml

SERVER, KEY = sys.argv[1:]
DEPLOY = pathlib.Path("deploy")
RULES = DEPLOY / "prometheus/rules.yml"
OPERATE = pathlib.Path("docs/operate.md")
# Variables of Grafana, as a dashboard of this one server would fill them.
FILLED = {"$job": "masthead", "$instance": ".*", "$__rate_interval": "10s"}


def ask(address, key=None, method="GET", content=None):
    headers = ({"Authorization": f"Bearer {key}"} if key else {}) | {"Content-Type": "application/json"}
    body = None if content is None else json.dumps(content).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers, method=method), timeout=20) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


def keep_busy():
    """Requests of every sort: from the cache and not, refused, with a key, and writes."""
    for _ in range(3):
        for path in ("/api/articles?limit=3", "/api/search?q=paper", "/feeds/en/rss.xml", "/api/nothing"):
            # The second one from the cache.
            ask(SERVER + path), ask(SERVER + path)
        ask(SERVER + "/api/articles?limit=3", key="mh_wrong")
        ask(SERVER + "/api/keys", key=KEY)
        ask(SERVER + "/api/articles", KEY, "POST", {"lang": "en", "title": "Busy", "status": "published"})


def exposed():
    """The labels of each sample that the server shows, by its name."""
    found = {}
    for line in ask(SERVER + "/metrics", KEY).splitlines():
        if not line.startswith("#"):
            name, labels = re.fullmatch(r"(\w+)(?:\{(.*)\})? \S+", line).groups()
            found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels or ""))
    return found


def questions(rules, board):
    """Each expression with where it stands."""
    for rule in rules:
        yield f"rule {rule.get('alert') or rule['record']}", rule["expr"]
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield f"panel {panel['title']!r}", target["expr"]


def check_names(asked):
    shown = exposed()
    added = {"job", "instance"}
    used = set()
    for place, expression in asked:
        for name, selector in re.findall(r"(?<![\w:])(masthead_\w+)(?:\{([^}]*)\})?", expression):
            assert name in shown, f"{place}: the server shows no {name}"
            unknown = set(re.findall(r"(\w+)\s*[!=]~?", re.sub(r'"[^"]*"', '""', selector))) - shown[name] - added
            assert not unknown, f"{place}: {name} has no label {', '.join(unknown)}"
            used.add(re.sub("_(bucket|sum|count)$", "", name))
    unused = {re.sub("_(bucket|sum|count)$", "", name) for name in shown} - used
    assert not unused, f"nothing looks at {', '.join(sorted(unused))}"


def check_runbooks(rules):
    """Each alert has a heading of its name in docs/operate.md with a paragraph below, and a test that sees it fire."""
    page = OPERATE.read_text(encoding="utf-8")
    cases = yaml.safe_load((DEPLOY / "prometheus/rules_test.yml").read_text())["tests"]
    fired = {case["alertname"] for test in cases for case in test["alert_rule_test"] if case.get("exp_alerts")}
    for rule in rules:
        if alert := rule.get("alert"):
            assert rule["annotations"]["runbook_url"] == f"docs/operate.md#{alert.lower()}", alert
            assert re.search(rf"^#+ {alert}\n\n[A-Z`]", page, re.M), f"{OPERATE} does not say what to do about {alert}"
            assert alert in fired, f"no test sees {alert} fire"


def check_board(board):
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids)), "two panels have one id"
    taken = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken and max(x for x, _ in cells) < 24, f"{panel['title']} lies over another panel"
        taken |= cells


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def configuration(folder):
    text = (DEPLOY / "prometheus/prometheus.yml").read_text()
    (folder / "masthead.key").write_text(KEY)
    for known, ours in {
        "127.0.0.1:8080": urllib.parse.urlsplit(SERVER).netloc,
        "scrape_interval: 15s": "scrape_interval: 1s",
        "/etc/prometheus/masthead-rules.yml": str(RULES.resolve()),
        "/etc/prometheus": str(folder),
    }.items():
        assert known in text, known
        text = text.replace(known, ours)
    (folder / "prometheus.yml").write_text("global: {evaluation_interval: 1s}\n" + text)
    return folder / "prometheus.yml"


def result(prometheus, expression):
    for variable, value in FILLED.items():
        expression = expression.replace(variable, value)
    answer = json.loads(ask(f"{prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": expression})))
    assert answer["status"] == "success", (expression, answer)
    return answer["data"]["result"]


def check_answers(rules, board):
    with tempfile.TemporaryDirectory() as name:
        folder, port = pathlib.Path(name), free_port()
        config = configuration(folder)
        subprocess.run(["promtool", "check", "config", config], check=True, stdout=subprocess.DEVNULL)
        running = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL, stderr=(folder / "log").open("w"),
        )
        try:
            prometheus, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 60
            silent = ["not asked yet"]
            # Alerts are silent on a healthy server; all else has an answer once there are a few scrapes.
            while silent:
                assert time.monotonic() < deadline, f"no answer to {silent}: {(folder / 'log').read_text()[-2000:]}"
                time.sleep(1)
                keep_busy()
                try:
                    asked = questions([rule for rule in rules if "record" in rule], board)
                    silent = [place for place, expression in asked if not result(prometheus, expression)]
                except urllib.error.URLError:
                    continue
            firing = [alert["metric"]["alertname"] for alert in result(prometheus, 'ALERTS{alertstate="firing"}')]
            assert not firing, f"a healthy server wakes somebody: {firing}"
        finally:
            running.terminate()
            running.wait()


def main():
    groups = yaml.safe_load(RULES.read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    board = json.loads((DEPLOY / "grafana/masthead.json").read_text())
    subprocess.run(["promtool", "check", "rules", RULES], check=True)
    subprocess.run(["promtool", "test", "rules", RULES.with_name("rules_test.yml").name], check=True, cwd=RULES.parent)
    keep_busy()
    check_names(list(questions(rules, board)))
    check_runbooks(rules)
    check_board(board)
    check_answers(rules, board)
    print(f"{len(rules)} rules and {len(board['panels'])} panels ask for what the server shows")


if __name__ == "__main__":
    main()

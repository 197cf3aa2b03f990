#!/usr/bin/env python3
"""Takes real exports of other systems in, as a publisher would, and asks from outside what became of them.

    archives.py BINARY MIGRATION

MIGRATION is the folder of exports with what is in them (`NAME.expected.json`). For each format in a database of its own:
every item is an article, is refused or is left out by a named kind; a second run of each file leaves every table as it is, the
change log too; no public route tells of what was hidden; old addresses resolve, and the redirect map sends each of them from a
real nginx to its article. The largest export is killed at twenty moments, and comes in whole all the same.
"""
import json, os, pathlib, random, re, shutil, signal, sqlite3, subprocess, sys, tempfile, time
import http.client, socket, urllib.parse

BINARY, MIGRATION = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
KILLS = 20
faults = []


def fault(text):
    faults.append(text)
    print(f"  fault: {text}", flush=True)


def masthead(database, *arguments, **more):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MASTHEAD_")}
    environment |= {"DATABASE_URL": f"sqlite://{database}", "RUST_LOG": "error"}
    return subprocess.Popen([BINARY, *map(str, arguments)], env=environment, cwd=database.parent,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def run(database, *arguments, may=(0, 1)):
    process = masthead(database, *arguments)
    out, err = process.communicate()
    if process.returncode not in may:
        fault(f"masthead {' '.join(map(str, arguments))} ended with {process.returncode}: {err[-500:]}")
    return out, err


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def get(port, target, headers=()):
    """Status, headers in lower case and bytes; redirects are not followed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", target, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def wait_for(port, target, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if get(port, target)[0] < 500:
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing answers on port {port}")


# What the archives hold.

def archives(kind):
    """Pairs of an input and its expected items; the pages of a folder are one input."""
    if kind == "html":
        pages = json.loads((MIGRATION / kind / "expected.json").read_text())
        items = [{"title": page.get("title"), "link": page.get("url"), "take": "public", "status": "published", "must": False} for page in pages]
        return [(MIGRATION / kind, {"items": items})]
    pairs = []
    for told in sorted((MIGRATION / kind).glob("*.expected.json")):
        expected = json.loads(told.read_text())
        stem = told.name.removesuffix(".expected.json")
        files = [path for path in sorted((MIGRATION / kind).glob(f"{stem}.*")) if path != told]
        assert len(files) == 1, files
        pairs.append((files[0], expected))
    return pairs


def items_in(path, kind, expected):
    """How many items an export holds, counted without reading it as the program does."""
    if kind == "wxr":
        return len(re.findall(rb"<item>", path.read_bytes()))
    return len(expected["items"])


def counted(err):
    """Articles created, updated, unchanged and refused, and items left out, of a summary."""
    articles = re.search(r"^  article +(\d+) created, (\d+) updated, (\d+) unchanged, \d+ altered, (\d+) refused", err, re.M)
    left = sum(int(number) for number in re.findall(r"^  left out: (\d+) ", err, re.M))
    return ([int(number) for number in articles.groups()] if articles else [0, 0, 0, 0]), left


def letters(text):
    return "".join(re.findall(r"\w+", text.casefold()))


# What the public is told.

def pages(port, target):
    """Each answer of a list, page after page."""
    while target:
        status, _, body = get(port, target)
        if status != 200:
            fault(f"GET {target}: {status}")
            return
        yield body
        following = json.loads(body)["links"].get("next")
        target = following and urllib.parse.urlsplit(following)._replace(scheme="", netloc="").geturl()


def public_answers(port):
    """Every answer that anybody can ask for, with its target."""
    listed = []
    for body in pages(port, "/api/articles?limit=100&include=body,related,translations,media"):
        yield "/api/articles", body
        listed += json.loads(body)["data"]
    for name in ("sections", "authors", "sources", "tags", "editions", "redirects"):
        status, _, body = get(port, f"/api/{name}?limit=100")
        if status == 200 and name != "redirects":
            for body in pages(port, f"/api/{name}?limit=100"):
                yield f"/api/{name}", body
    for body in pages(port, "/api/changes?limit=100"):
        yield "/api/changes", body
    langs = sorted({article["lang"] for article in listed})
    for lang in langs:
        for form in ("rss.xml", "atom.xml", "feed.json"):
            target = f"/api/feeds/{form}?lang={lang}&limit=100"
            yield target, get(port, target)[2]
    targets = ["/sitemap.xml", "/robots.txt", "/", "/metrics", "/openapi.json"]
    for target in targets:
        body = get(port, target)[2]
        yield target, body
        for nested in re.findall(rb"<loc>([^<]*sitemap[^<]*)</loc>", body):
            nested = urllib.parse.urlsplit(nested.decode().replace("&amp;", "&"))._replace(scheme="", netloc="").geturl()
            yield nested, get(port, nested)[2]
    for article in listed:
        for suffix in ("", "/related", "/revisions", "?format=jsonld", "?format=ninjs", "?body=markdown", "?body=text"):
            target = f"/api/articles/{article['id']}{suffix}"
            yield target, get(port, target)[2]


def check_hidden(port, hidden, public):
    """No answer has words of what is hidden, and no address of it leads anywhere."""
    seen = letters(" ".join(item["title"] or "" for item in public) + " ".join((item.get("body") or {}).get("text", "") for item in public))
    words = {}
    for item in hidden:
        body = letters((item.get("body") or {}).get("text", ""))
        samples = [letters(item["title"] or ""), body[:80], body[len(body) // 2:][:80]]
        for sample in samples:
            if len(sample) >= 12 and sample not in seen:
                words[sample] = item
    for target, body in public_answers(port):
        text = letters(body.decode("utf-8", "replace"))
        for sample, item in words.items():
            if sample in text:
                fault(f"{target} tells of the hidden {item['title']!r} ({item['wp_status'] if 'wp_status' in item else item['status']})")
    asked = 0
    for item in hidden:
        for address in filter(None, (item.get("link"), item.get("guid"))):
            status, _, body = get(port, "/api/resolve?url=" + urllib.parse.quote(address, safe=""))
            asked += 1
            if status == 200 and json.loads(body)["data"]["type"] == "article":
                fault(f"/api/resolve leads to the hidden {address}")
        title = item["title"] or ""
        if title:
            quoted = urllib.parse.quote('"' + title.replace('"', " ") + '"')
            for target in (f"/api/search?q={quoted}", f"/api/articles?q={quoted}", f"/api/search/suggest?q={urllib.parse.quote(title[:20])}"):
                status, _, body = get(port, target)
                asked += 1
                text = letters(body.decode())
                for sample, hidden_item in words.items():
                    # The question itself comes back in links and in the spelling.
                    if hidden_item is not item and sample in text:
                        fault(f"{target} tells of the hidden {hidden_item['title']!r}")
                if status == 200 and any(letters(hit.get("title", "")) == letters(title) for hit in json.loads(body)["data"] if isinstance(hit, dict)) and letters(title) in words:
                    fault(f"{target} finds the hidden {title!r}")
    return len(words), asked


def old_addresses(item, kind):
    """The addresses that an item had, or its path where the export does not tell its site."""
    if kind == "ghost":
        return [f"/{item['slug']}/"]
    return [address for address in (item.get("link"), item.get("guid")) if address and address.startswith("http")]


def check_addresses(port, public, kind):
    """Each old address of a public article resolves to an article of its title."""
    found = 0
    titles = {}
    for item in public:
        for address in old_addresses(item, kind):
            titles.setdefault(address, set()).update(map(letters, filter(None, [item["title"], *item.get("accept_title", [])])))
    for item in public:
        for address in old_addresses(item, kind):
            status, _, body = get(port, "/api/resolve?url=" + urllib.parse.quote(address, safe=""))
            if status != 200:
                if item.get("must", True):
                    fault(f"/api/resolve?url={address}: {status}")
                continue
            found += 1
            data = json.loads(body)["data"]
            if data["type"] != "article":
                fault(f"/api/resolve?url={address} is of type {data['type']}")
                continue
            article = json.loads(get(port, f"/api/articles/{data['id']}?fields=title")[2])["data"]
            if item.get("must") and letters(article["title"]) not in titles[address]:
                fault(f"/api/resolve?url={address} leads to {article['title']!r}, not {item['title']!r}")
    return found


def check_redirects(database, port, folder):
    """A real nginx with the map sends every address in it to an article that answers."""
    site = f"http://127.0.0.1:{port}"
    table, _ = run(database, "--public-url", site, "redirects", "--format", "csv")
    rows = [line.rsplit(",", 1) for line in table.splitlines()[1:]]
    maps, _ = run(database, "--public-url", site, "redirects", "--format", "nginx")
    (folder / "maps.conf").write_text(maps)
    front = free_port()
    temporary = "".join(f"{name}_temp_path {folder}/{name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off; {temporary} large_client_header_buffers 4 32k; include {folder}/maps.conf; "
        f"server {{ listen 127.0.0.1:{front}; if ($masthead_redirect) {{ return 301 $masthead_redirect; }} return 404; }} }}")
    tested = subprocess.run(["nginx", "-t", "-e", folder / "error.log", "-c", folder / "nginx.conf"], capture_output=True, text=True)
    if tested.returncode:
        return fault(f"nginx refuses the map: {tested.stderr[-800:]}")
    nginx = subprocess.Popen(["nginx", "-e", folder / "error.log", "-c", folder / "nginx.conf", "-g", "daemon off;"])
    try:
        wait_for(front, "/")
        led = 0
        for old, new in rows:
            old, new = old.strip('"'), new.strip('"')
            parts = urllib.parse.urlsplit(old)
            target = urllib.parse.quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~") + (f"?{parts.query}" if parts.query else "")
            status, headers, _ = get(front, target, {"Host": parts.netloc or "old.example"})
            if status != 301 or headers.get("location") != new:
                fault(f"nginx answers {status} {headers.get('location')} for {old}, not {new}")
                continue
            if get(port, urllib.parse.urlsplit(new).path)[0] != 200:
                fault(f"{old} leads to {new}, which does not answer")
            led += 1
        print(f"  {led} of {len(rows)} old addresses lead through nginx to their articles")
        if not rows:
            fault("there is no old address")
    finally:
        nginx.terminate()
        nginx.wait()


# One format.

def rows(database):
    """Every row of every table, but what the database keeps of its own, and the mark of the process that opened it last."""
    with sqlite3.connect(database) as stored:
        named = stored.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'histories'")
        return {name: sorted(map(repr, stored.execute(f'SELECT * FROM "{name}"'))) for (name,) in named.fetchall()}


def check_twice(kind, folder):
    """Each file alone in a database: a second run changes no row, so no version, no time and nothing in the change log."""
    for path, expected in archives(kind):
        alone = folder / "twice.db"
        for left in folder.glob("twice.db*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        arguments = ("import", "--format", kind, *expected.get("args", []), path)
        run(alone, *arguments)
        first = rows(alone)
        run(alone, *arguments)
        second = rows(alone)
        for table in first:
            if first[table] != second[table]:
                fault(f"{path.name}: a second run changed the table {table}")


def check_format(kind, folder):
    database = folder / f"{kind}.db"
    public, hidden, items = [], [], 0
    for path, expected in archives(kind):
        _, err = run(database, "import", "--format", kind, *expected.get("args", []), path)
        (created, updated, unchanged, refused), left = counted(err)
        number = items_in(path, kind, expected)
        if created + updated + unchanged + refused + left != number:
            fault(f"{path.name}: {number} items, but {created}+{updated}+{unchanged} taken, {refused} refused, {left} left out")
        items += created + updated + unchanged + refused + left
        public += [item for item in expected["items"] if item["take"] == "public"]
        hidden += [item for item in expected["items"] if item["take"] == "hidden"]
    check_twice(kind, folder)
    port = free_port()
    server = masthead(database, "--public-url", f"http://127.0.0.1:{port}", "serve", "--bind", f"127.0.0.1:{port}")
    try:
        wait_for(port, "/health/ready")
        samples, asked = check_hidden(port, hidden, public)
        found = check_addresses(port, public, kind)
        if kind == "html":
            # Only a page that no date was found on is a draft.
            with sqlite3.connect(database) as stored:
                drafts = stored.execute("SELECT count(*) FROM articles WHERE status = 'draft'").fetchone()[0]
            linked = sum(1 for item in public if item["link"])
            if linked - found > drafts:
                fault(f"{linked - found} of {linked} addresses of pages lead nowhere, and {drafts} pages are drafts")
        print(f"  {items} items, {len(public)} public and {len(hidden)} hidden; {samples} hidden texts sought, {asked} questions; {found} old addresses resolve", flush=True)
        check_redirects(database, port, folder)
    finally:
        server.terminate()
        server.communicate()


# Kills.

IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def told(database):
    """An export without what two runs cannot have alike: clocks, and ids, each of which is replaced by what it is the id of."""
    lines = [json.loads(line) for line in run(database, "export", "-")[0].splitlines()]
    names = {}
    for line in lines:
        words = [line.get(name) for name in ("type", "lang", "slug", "path", "name", "url", "external_id")]
        if "id" in line:
            names[line["id"]] = json.dumps(words)
    for line in lines:
        if line.get("work"):
            names[line["work"]] = min(names[line["id"]], names.get(line["work"], "~"))
    texts = []
    for line in lines:
        text = IDS.sub(lambda found: names.get(found[0], "ID"), json.dumps(line, ensure_ascii=False))
        texts.append(re.sub(r'"(created_at|updated_at|at)": "[^"]*"', r'"\1": "T"', text))
    return sorted(texts)


def check_kills(folder):
    path = MIGRATION / "wxr" / "meridian.xml"
    whole = folder / "whole.db"
    began = time.monotonic()
    run(whole, "import", path)
    lasted, expected = time.monotonic() - began, told(whole)
    killed = 0
    randomly = random.Random(7)
    for turn in range(KILLS):
        database = folder / "killed.db"
        for left in folder.glob("killed.db*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        process = masthead(database, "import", path)
        time.sleep(lasted * randomly.random())
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        run(database, "import", path)
        run(database, "check", may=(0,))
        found = told(database)
        if found != expected:
            lost = [line[:200] for line in expected if line not in found]
            more = [line[:200] for line in found if line not in expected]
            fault(f"kill {turn}: {len(lost)} lines are missing and {len(more)} are too many: {lost[:1]} {more[:1]}")
    print(f"  killed {killed} times of {KILLS}, and each export is that of an unbroken run")
    if killed < KILLS // 2:
        fault("most imports ended before they were killed")


with tempfile.TemporaryDirectory() as name:
    for kind in ("wxr", "ghost", "feed", "html"):
        print(f"{kind}:", flush=True)
        folder = pathlib.Path(name) / kind
        folder.mkdir()
        check_format(kind, folder)
    print("kills:", flush=True)
    check_kills(pathlib.Path(name))
print(f"{len(faults)} faults" if faults else "archives: every question is answered right")
sys.exit(bool(faults))

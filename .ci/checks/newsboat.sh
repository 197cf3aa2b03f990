# shellcheck shell=bash
# A terminal reader polls the feeds over loopback; what it then keeps in its cache is what it read.
#   newsboat.sh URL FOLDER
set -euo pipefail
url=$1 folder=$2
mkdir -p "$folder"
# RSS of one edition, Atom of the next.
python3 - "$url" >"$folder/urls" <<'PY'
import json, sys, urllib.request

editions = json.load(urllib.request.urlopen(sys.argv[1] + "/api/editions"))["data"]
for at, edition in enumerate(editions):
    print(f"{sys.argv[1]}/feeds/{edition['lang']}/{['rss', 'atom'][at % 2]}.xml?limit=100")
PY
timeout 60 newsboat --config-file /dev/null --url-file "$folder/urls" --cache-file "$folder/cache.db" --execute reload
python3 - "$url" "$folder" <<'PY'
import json, pathlib, sqlite3, sys, urllib.request

url, folder = sys.argv[1], pathlib.Path(sys.argv[2])
read = 0
kept = sqlite3.connect(folder / "cache.db")
for feed in (folder / "urls").read_text().splitlines():
    lang = feed.removeprefix(f"{url}/feeds/").split("/")[0]
    items = kept.execute("SELECT title, url FROM rss_item WHERE feedurl = ?", [feed]).fetchall()
    titles = [title for title, _ in items]
    page = json.load(urllib.request.urlopen(f"{url}/api/articles?lang={lang}&limit=100"))
    assert sorted(titles) == sorted(one["title"] for one in page["data"]), (feed, titles)
    # Each opens the article's own page, in its own language.
    assert sorted(link for _, link in items) == sorted(one["url"] for one in page["data"]), (feed, items)
    print(f"newsboat keeps {len(titles)} items of {feed}")
    read += len(titles)
assert read >= 40, read
PY

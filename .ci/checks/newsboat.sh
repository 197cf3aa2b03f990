# shellcheck shell=bash
# A terminal reader polls the feeds over loopback; what it then keeps in its cache is what it read.
#   newsboat.sh URL FOLDER
set -euo pipefail
url=$1 folder=$2
mkdir -p "$folder"
printf '%s\n' "$url"/feeds/{en/rss,fr/atom,zh/rss}.xml"?limit=100" >"$folder/urls"
timeout 60 newsboat --config-file /dev/null --url-file "$folder/urls" --cache-file "$folder/cache.db" --execute reload
python3 - "$url" "$folder/cache.db" <<'PY'
import json, sqlite3, sys, urllib.request

url, cache = sys.argv[1:]
kept = sqlite3.connect(cache)
for lang, file in [("en", "rss.xml"), ("fr", "atom.xml"), ("zh", "rss.xml")]:
    feed = f"{url}/feeds/{lang}/{file}?limit=100"
    titles = [title for (title,) in kept.execute("SELECT title FROM rss_item WHERE feedurl = ?", [feed])]
    page = json.load(urllib.request.urlopen(f"{url}/api/articles?lang={lang}&limit=100"))
    assert sorted(titles) == sorted(one["title"] for one in page["data"]), (feed, titles)
    assert titles, feed
    print(f"newsboat keeps {len(titles)} items of {feed}")
PY

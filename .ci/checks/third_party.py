"""Writes the licences of everything that is in the binary, from the sources themselves: third_party.py METADATA >third-party.txt

METADATA is what `cargo metadata` says of one platform. Tests and benchmarks are not in the binary; what only takes part in the build
is, because it brings the C sources of SQLite, OpenSSL, libpq, libwebp and zstd. A crate that ships no text gets the common text of its
licence, with its authors.
"""

import collections
import json
import pathlib
import re
import sys

NAMES = re.compile(r"(?i)^(un)?(licen[cs]e|copying|copyright|notice)(?![a-z])(?!.*\.(rs|py|h|c|pl|pm|html|tera|sh)$)")
# Where sources in C are, below a crate.
DEPTH = 3
# Crates without a text, and where it is: in another crate of the same authors or of the same licence, or in a file here.
BORROWED = {"alloc-stdlib": "alloc-no-stdlib", "selectors": "cssparser", "pq-src": pathlib.Path(".ci/licences/PostgreSQL.txt")}
OUR_MIT = pathlib.Path("LICENSE-MIT").read_text(encoding="utf-8")
OUR_APACHE = pathlib.Path("LICENSE-APACHE").read_text(encoding="utf-8")


def in_binary(metadata):
    """The packages that normal and build dependencies reach from the root."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    seen, todo = set(), [metadata["resolve"]["root"]]
    while todo:
        for dependency in nodes[todo.pop()]["deps"]:
            if dependency["pkg"] not in seen and any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                seen.add(dependency["pkg"])
                todo.append(dependency["pkg"])
    return sorted((p for p in metadata["packages"] if p["id"] in seen), key=lambda p: (p["name"], p["version"]))


def shipped(folder, depth=DEPTH):
    """The texts of licences in a crate's folder and in those of the sources that it bundles."""
    for entry in sorted(folder.iterdir()):
        if entry.is_file() and NAMES.match(entry.name):
            yield entry.read_text(encoding="utf-8", errors="replace").strip()
        elif entry.is_dir() and depth and entry.name not in ("tests", "examples", "benches", ".git", "doc", "docs"):
            yield from shipped(entry, depth - 1)


def common(package, folders):
    """The text of the licence of a crate that ships none."""
    lender = BORROWED.get(package["name"])
    if isinstance(lender, pathlib.Path):
        return lender.read_text(encoding="utf-8").strip()
    if lender:
        return next(shipped(folders[lender]))
    expression = package["license"] or ""
    if "Apache-2.0" in expression:
        return OUR_APACHE.strip()
    if "MIT" in expression:
        holders = ", ".join(package["authors"]) or f"the authors of {package['name']}"
        return re.sub(r"(?m)^Copyright.*$", f"Copyright (c) {holders}", OUR_MIT, count=1).strip()
    return None


def main():
    metadata = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    packages = in_binary(metadata)
    folders = {package["name"]: pathlib.Path(package["manifest_path"]).parent for package in packages}
    users, without = collections.defaultdict(list), []
    for package in packages:
        texts = list(dict.fromkeys(shipped(pathlib.Path(package["manifest_path"]).parent))) or [common(package, folders)]
        for text in texts:
            if text is None:
                without.append(f"{package['name']} {package['version']} ({package['license']})")
            else:
                users[text].append(f"{package['name']} {package['version']}")
    if without:
        sys.exit("no text of a licence for " + ", ".join(without))
    print("Masthead contains the following software of others.\n")
    for package in packages:
        print(f"{package['name']} {package['version']}: {package['license']}, {package['repository'] or package['homepage'] or 'crates.io'}")
    for text, names in sorted(users.items(), key=lambda item: (-len(item[1]), item[1])):
        print(f"\n{'=' * 100}\n{', '.join(names)}\n{'-' * 100}\n{text}")
    print(f"{len(packages)} crates, {len(users)} texts", file=sys.stderr)


if __name__ == "__main__":
    main()

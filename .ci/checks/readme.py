"""Does what the README and the pages of docs/ say: readme.py BINARY [--all] [PAGE…].

Each page is on its own: its `console` blocks are typed in order into one bash, in a folder with nothing but `deploy`, and what they
print is compared with what is printed there; `--all` goes on after a difference. An `sh` block with `serve` starts a server, and a
`text` block right after it is what that server says. `masthead` and `cargo run --release --` are the binary, the ports 8080
to 8083 are free ones, `/path/to/masthead/` is the checkout. What is printed may have `…` for anything within a line, and on a line of its own for any lines. Ids
and times newer than the demo, keys, numbers of changes, durations and counts of bytes may differ. A block that needs what is
not here is skipped, and the reason told. `exports/` has genuine exports of other systems, read in place; where there are none, each
section that names it is skipped.
"""

import gzip
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

PORTS = ("8080", "8081", "8082", "8083")
CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
# Genuine exports, under the names that a page gives them.
MIGRATION = pathlib.Path(os.environ.get("MASTHEAD_SHARED", CHECKOUT.parent / "shared")).resolve() / "migration"
EXPORTS = {
    "wordpress.xml": "wxr/meridian.xml",
    "ghost.json": "ghost/letters.json",
    "feed.xml": "feed/meridian-fr-rss2-windows-1252.xml",
}
PAGES = "html/page-*.html.gz"
# What a block is skipped for: a word that begins one of its commands, and why.
FRESH = "needs a machine of its own; the check `package` runs it there"
ELSEWHERE = {
    "apt": FRESH,
    "runuser": FRESH,
    "systemctl": FRESH,
    "psql": "needs a PostgreSQL server",
    "pg_dump": "needs a PostgreSQL server",
    "createdb": "needs a PostgreSQL server",
    "npm": "takes minutes; the check `site` of .ci/clients runs it",
    "openapi-typescript": "a program from npm; the check `typescript` runs it",
    "openapi-python-client": "a program from PyPI; the check `python` runs it",
}
# What is newer than everything in the demo was made by the walk, or by the one that was printed.
NEWER_DAY = "2026-11-01"
NEWER_ID = "01a19467"
MASKS = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", lambda name: "ID" if name >= NEWER_ID else name),
    (r"\b20\d\d-\d\d-\d\d(?:T[\d:.]+Z)?", lambda time: "TIME" if time >= NEWER_DAY else time),
    (r"(?:\b|(?<=[\"_]))(?:mhf?_|whsec_)[\w+/=-]*…?", lambda _: "KEY"),
    (r'(?<="seq":)\d+|(?<=ID_)\d+', lambda _: "SEQ"),
    (r'(?<="duration_ms":)\d+|(?<="bytes":)\d+|(?<=;t=)\d+', lambda _: "N"),
]
SERVER = """{command} >/dev/null 2>serve.log </dev/null &
for n in $(seq 300); do curl -sf -o /dev/null localhost:{port}/health/ready && break; sleep 0.1; done; cat serve.log"""


def blocks(page):
    """Each fenced block with its language, its text, the line that it begins on and the number of its section."""
    section = 0
    for found in re.finditer(r"^```(\w+)\n(.*?)^```$|^#+ ", page, re.M | re.S):
        if found[1]:
            yield found[1], found[2], page.count("\n", 0, found.start()) + 2, section
        else:
            section += 1


def is_whole(command):
    """Whether bash would run this, or wait for another line."""
    read = subprocess.run(["bash", "-n"], input=command, capture_output=True, text=True)
    return not command.endswith(("\\", "|")) and read.returncode == 0 and not read.stderr


def steps(block, line):
    """The commands of a console block: each with its line and with what is printed below it."""
    lines = block.splitlines()
    at = 0
    while at < len(lines):
        begun, command = at, lines[at].removeprefix("$ ")
        at += 1
        while at < len(lines) and not is_whole(command):
            command += "\n" + lines[at]
            at += 1
        printed = at
        while at < len(lines) and not lines[at].startswith("$ "):
            at += 1
        yield line + begun, command, "\n".join(lines[printed:at])


def reason_to_skip(block):
    words = re.findall(r"^\$ ([\w-]+)", block, re.M)
    return next((f"{word}: {ELSEWHERE[word]}" for word in words if word in ELSEWHERE), None)


def plan(page):
    """What to type, with its line and what it prints (None: anything), and what is skipped."""
    todo, skipped = [], []
    all_blocks = list(blocks(page))
    of_exports = set() if MIGRATION.is_dir() else {section for _, block, _, section in all_blocks if "exports/" in block}
    for (language, block, line, section), after in zip(all_blocks, all_blocks[1:] + [("", "", 0, 0)]):
        if section in of_exports:
            skipped.append((line, f"exports/: there are no genuine exports at {MIGRATION}"))
        elif language == "console":
            assert block.startswith("$ "), f"line {line}: a console block begins with a command"
            reason = reason_to_skip(block)
            if reason:
                skipped.append((line, reason))
            else:
                todo += steps(block, line)
        elif language == "sh" and re.search(r" serve\b", block):
            todo.append((line, block.strip(), after[1] if after[0] == "text" else None))
        elif language == "sh":
            first = block.split("\n")[0]
            skipped.append((line, f"{first}: nothing is printed for it, and it starts no server"))
    return todo, skipped


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for free in sockets:
        free.bind(("127.0.0.1", 0))
    ports = [str(free.getsockname()[1]) for free in sockets]
    for free in sockets:
        free.close()
    return ports


def script(todo, ports):
    """The commands as one bash script, which says before each where it is."""
    lines = ["trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"]
    for number, (_, command, _) in enumerate(todo):
        for known, ours in ports.items():
            command = command.replace(f":{known}", f":{ours}")
        command = command.replace("cargo run --release --", "masthead").replace("/path/to/masthead/", f"{CHECKOUT}/")
        if command.startswith("masthead serve"):
            port = (re.search(r"--bind \S+:(\d+)", command) or ["", ports["8080"]])[1]
            command = SERVER.format(command=command, port=port)
        lines += [f"printf '\\n@@{number}@@\\n'", command]
    return "\n".join(lines) + "\n"


def place_exports(folder):
    if not MIGRATION.is_dir():
        return
    (folder / "pages").mkdir(parents=True)
    for name, export in EXPORTS.items():
        (folder / name).symlink_to(MIGRATION / export)
    for packed in MIGRATION.glob(PAGES):
        (folder / "pages" / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))


def run(binary, text, port, folder):
    """What each command printed, by its number."""
    bin = folder / "bin"
    home = folder / "home"
    bin.mkdir()
    home.mkdir()
    (bin / "masthead").symlink_to(binary)
    (home / "deploy").symlink_to(pathlib.Path("deploy").resolve())
    place_exports(home / "exports")
    # No setting of who runs this may change what is checked, except the way to the registry of Python packages.
    kept = {name: value for name, value in os.environ.items() if name in ("LANG", "TMPDIR") or name.startswith("PIP_")}
    environment = kept | {
        "PATH": f"{bin}:{os.environ['PATH']}",
        "HOME": str(folder),
        "MASTHEAD_BIND": f"127.0.0.1:{port}",
        "RUST_LOG": "warn",
    }
    typed = folder / "typed.sh"
    typed.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["timeout", "120", "bash", typed], cwd=home, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    parts = re.split(r"\n@@(\d+)@@\n", "\n" + done.stdout.decode(errors="replace").replace("\r", ""))
    return {int(number): out.rstrip("\n") for number, out in zip(parts[1::2], parts[2::2])}


def masked(text, ports):
    for known, ours in ports.items():
        text = text.replace(f":{ours}", f":{known}")
    for pattern, mask in MASKS:
        text = re.sub(pattern, lambda found, mask=mask: mask(found[0]), text)
    return text


def fits(printed, real):
    pattern = "".join(
        {"…\n": r"(?:.*\n)*?", "…": "[^\n]*?"}.get(part, re.escape(part))
        for part in re.split(r"((?<=\n)…\n|…)", "\n" + printed.rstrip() + "\n")
    )
    return re.fullmatch(pattern, "\n" + real.rstrip() + "\n")


def check(name, binary, show_all):
    """Follows one page; answers how many commands it has, how many blocks were skipped and how many printed something else."""
    todo, skipped = plan(pathlib.Path(name).read_text(encoding="utf-8"))
    for line, reason in skipped:
        print(f"skipped  {name}:{line}  {reason}")
    ports = dict(zip(PORTS, free_ports(len(PORTS))))
    with tempfile.TemporaryDirectory() as folder:
        real = run(binary, script(todo, ports), ports["8080"], pathlib.Path(folder)) if todo else {}
    wrong = 0
    for number, (line, command, printed) in enumerate(todo):
        out = real.get(number, "(it was not reached)")
        if printed is not None and not fits(masked(printed, ports), masked(out, ports)):
            print(f"{name}:{line}\n$ {command}\n-- is printed there\n{printed}\n-- but this came\n{out}")
            wrong += 1
            if not show_all:
                break
    return len(todo), len(skipped), wrong


def main():
    binary, *rest = sys.argv[1:]
    pages = [name for name in rest if name != "--all"] or ["README.md", *sorted(map(str, pathlib.Path("docs").glob("*.md")))]
    counts = [check(name, pathlib.Path(binary).resolve(), "--all" in rest) for name in pages]
    commands, skipped, wrong = map(sum, zip(*counts))
    if wrong:
        sys.exit(1)
    print(f"{commands} commands print what {len(pages)} pages say, {skipped} blocks skipped")


if __name__ == "__main__":
    main()

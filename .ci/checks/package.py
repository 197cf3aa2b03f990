"""Installs the Debian package in a fresh root that systemd runs in, and does what docs/operate.md says for it, as it is printed there:
install, use, back up, restore, upgrade, remove.

    package.py DEB ROOT

ROOT is a folder made by debootstrap with systemd and curl, which is spoilt. The next version is the same package with a newer number.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import readme

PAGE = pathlib.Path("docs/operate.md")
SECONDS_TO_FIRST_ANSWER = 5


class Machine:
    """A container with a network of its own, whose init is systemd."""

    def __init__(self, root):
        self.root = root
        self.init = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "-D", root, "--boot", "--register=no", "--keep-unit", "--private-network", "--resolv-conf=off",
             "--setenv=SYSTEMD_COLORS=0"],
            stdin=subprocess.DEVNULL, stdout=(root.parent / "boot.log").open("w"), stderr=subprocess.STDOUT,
        )
        try:
            self.wait_for("systemctl is-system-running", lambda said: said.strip() in ("running", "degraded"))
        except BaseException:
            self.stop()
            raise

    def leader(self):
        """The first process in the container: systemd, once systemd-nspawn has made room for it."""
        children = pathlib.Path(f"/proc/{self.init.pid}/task/{self.init.pid}/children").read_text().split()
        names = {child: pathlib.Path(f"/proc/{child}/comm") for child in children}
        return next((child for child, name in names.items() if name.exists() and name.read_text() == "systemd\n"), None)

    def run(self, command):
        """What a shell of root prints, and its status."""
        entered = ["nsenter", "-t", self.leader(), "-m", "-u", "-i", "-n", "-p", "-r", "-w"]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        # The folder and the variables of one command are those of the next, as in one terminal.
        script = f"cd /root; . /root/.state 2>/dev/null\n{command}\nstatus=$?; (echo \"cd '$PWD'\"; declare -p key 2>/dev/null) >/root/.state; exit $status"
        done = subprocess.run([*entered, "bash", "-c", script], env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        return (done.stdout + done.stderr).decode(errors="replace"), done.returncode

    def wait_for(self, command, holds, seconds=60):
        began = time.monotonic()
        said = ""
        while time.monotonic() - began < seconds:
            if self.leader():
                said, _ = self.run(command)
                if holds(said):
                    return time.monotonic() - began
            time.sleep(0.1)
        log = (self.root.parent / "boot.log").read_text(errors="replace")[-2000:]
        raise AssertionError(f"{command}: {said}\n{log}\n{self.run('journalctl -b --no-pager | tail -n 40')[0] if self.leader() else ''}")

    def stop(self):
        if self.leader():
            subprocess.run(["kill", "-RTMIN+4", self.leader()], check=False)
        try:
            self.init.wait(20)
        except subprocess.TimeoutExpired:
            self.init.kill()
            self.init.wait()


def printed():
    """The commands of the page that need a machine of their own, with their lines and what they print. Each block is a terminal."""
    for language, block, line in readme.blocks(PAGE.read_text(encoding="utf-8")):
        reason = readme.reason_to_skip(block) if language == "console" else None
        if reason and reason.endswith(readme.FRESH):
            yield line, "cd /root", ""
            yield from readme.steps(block, line)


def newer(deb, folder, version):
    """The same package as another version, whose program is another file."""
    tree = folder / "tree"
    subprocess.run(["dpkg-deb", "-R", deb, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", control.read_text()))
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", tree, folder / f"masthead_{version}_amd64.deb"], check=True, stdout=subprocess.DEVNULL)
    return folder / f"masthead_{version}_amd64.deb"


class Walk:
    """What must be true after some of the commands."""

    def __init__(self, machine):
        self.machine = machine

    def answer(self, path, *options):
        said, status = self.machine.run(f"curl -s {' '.join(options)} 'localhost:8080{path}'")
        assert status == 0, (path, said)
        return json.loads(said)

    def titles(self):
        self.machine.wait_for("curl -sf localhost:8080/health/ready", bool)
        return {article["title"] for article in self.answer("/api/articles")["data"]}

    def send(self, path, content, *options):
        said = self.answer(path, "-H", '"Authorization: Bearer $(cat /root/admin.key)"', "--json", f"'{json.dumps(content)}'", *options)
        assert said.get("data"), said

    def publish(self, title):
        self.send("/api/articles", {"lang": "en", "title": title, "status": "published"})

    def after(self):
        """What to look at after a command, by the words in it."""
        return {
            "apt install -y ./masthead_0.1.0": self.is_installed,
            "key create": self.has_a_key,
            "systemctl start masthead-backup": lambda: self.publish("After the backup"),
            "systemctl start masthead": self.is_restored,
            "apt install -y ./masthead_0.2.0": self.is_upgraded,
            "apt remove": self.is_removed,
            "apt purge": self.is_purged,
        }

    def is_installed(self):
        """A service that root owns nothing of, and whose settings only it can read."""
        shell = self.machine.run
        took = self.first_answer()
        print(f"the first answer came {took:.1f} s after the start")
        assert took < SECONDS_TO_FIRST_ANSWER, took
        owners = shell("stat -c '%U:%G %a' /etc/masthead/masthead.env /var/lib/masthead /var/backups/masthead")[0].splitlines()
        assert owners == ["root:masthead 640", "masthead:masthead 750", "masthead:masthead 700"], owners
        process = shell("stat -c %U /proc/$(systemctl show -P MainPID masthead)")[0].strip()
        assert process == "masthead", process
        enabled = shell("systemctl is-enabled masthead masthead-backup.timer; systemctl is-active masthead-backup.timer")[0].split()
        assert enabled == ["enabled", "enabled", "active"], enabled
        for unit in ("masthead", "masthead-backup"):
            exposure = float(re.search(r"level for \S+: ([\d.]+)", shell(f"systemd-analyze security --no-pager {unit}.service | cat")[0])[1])
            print(f"systemd-analyze security gives {unit} {exposure}")
            assert exposure < 3, exposure
        for page in ("masthead.1.gz", "masthead-serve.1.gz"):
            assert shell(f"test -s /usr/share/man/man1/{page}")[1] == 0, page
        completion = shell(". /usr/share/bash-completion/completions/masthead; complete -p masthead")[0]
        assert "masthead" in completion, completion

    def has_a_key(self):
        self.send("/api/editions/en", {"name": "English", "site_name": "A paper", "home_label": "Home"}, "-X PUT")
        self.publish("Before the backup")

    def is_restored(self):
        assert self.titles() == {"Before the backup"}, self.titles()
        self.keeps_three()
        self.machine.run("echo '# mine' >>/etc/masthead/masthead.env")

    def is_upgraded(self):
        shell = self.machine.run
        assert self.titles() == {"Before the backup"}, self.titles()
        assert "# mine" in shell("cat /etc/masthead/masthead.env")[0]
        assert "0.2.0-1" in shell("dpkg-query -W masthead")[0]

    def is_removed(self):
        shell = self.machine.run
        assert shell("systemctl is-active masthead")[0].strip() != "active"
        assert shell("test -e /usr/bin/masthead")[1] != 0 and shell("test -e /etc/masthead/masthead.env")[1] == 0

    def is_purged(self):
        shell = self.machine.run
        assert shell("test -e /etc/masthead")[1] != 0 and shell("test -e /var/lib/masthead/masthead.db")[1] == 0

    def first_answer(self):
        self.machine.run("systemctl stop masthead; rm -f /var/lib/masthead/masthead.db*; systemctl start masthead")
        return self.machine.wait_for("curl -sf localhost:8080/api/articles", lambda said: '"data"' in said)

    def keeps_three(self):
        """Old copies go, whole ones stay, and what is not whole is none."""
        self.machine.run("echo MASTHEAD_BACKUP_KEEP=3 >>/etc/masthead/masthead.env; (cd /var/backups/masthead && mkdir .masthead-backup-killed && touch -d '2 days ago' .masthead-backup-killed)")
        for _ in range(3):
            time.sleep(1.1)
            said, status = self.machine.run("systemctl start masthead-backup")
            assert status == 0, self.machine.run("journalctl -u masthead-backup --no-pager | tail")[0]
        kept = self.machine.run("ls -1A /var/backups/masthead | grep -vx media")[0].split()
        assert len(kept) == 3 and all(name.endswith(".db") for name in kept), kept


def main():
    deb, root = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as name:
        for package in (deb, newer(deb, pathlib.Path(name), "0.2.0-1")):
            (root / "root" / package.name).write_bytes(package.read_bytes())
    machine = Machine(root)
    walk = Walk(machine)
    after, count = walk.after(), 0
    try:
        for line, command, wanted in printed():
            said, status = machine.run(command)
            right = status == 0 and readme.fits(readme.masked(wanted, {}), readme.masked(said, {}))
            assert right, f"{PAGE}:{line}\n$ {command}\n-- is printed there\n{wanted}\n-- but this came\n{said}"
            if words := next((words for words in after if words in command), None):
                after.pop(words)()
            count += 1
    finally:
        machine.stop()
    assert not after, f"{PAGE} has no command {list(after)}"
    print(f"{count} commands of {PAGE} print what it says in a fresh root")


if __name__ == "__main__":
    main()

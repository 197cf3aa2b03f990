#!/usr/bin/env python3
"""Measures what strangers take from everybody else.

    python3 benches/strangers.py http://127.0.0.1:8080 WORST [--key KEY] [--seconds 10] [--rounds 3] [--askers 50]

WORST is a file of targets, one a line, such as `cargo bench --bench dearest` writes where MASTHEAD_DEAREST_LIST says.
A reader, which is a process of its own, asks for pages that no cache holds: in turns alone and beside 200 clients. Of these
110 ask the worst in a loop, 40 read one byte a second of a long answer over a connection with a small window, 40 hold
streams, 10 hold bulks (with --key). Each kind comes from loopback addresses of its own. With --askers only so many that ask
the worst are there, all from one address: one stranger. Printed: the reader's median and
99th percentile of each turn and of all, readiness, what the others got, the memory of the service, and at the end what it
still holds.
"""
import argparse, asyncio, collections, multiprocessing, pathlib, random, socket, subprocess, time, urllib.parse

HEAD = "| reads | number | median, ms | 99th percentile, ms | statuses | not ready | memory, MB |"


async def connect(host, port, source, window=None):
    """A connection from an address; its window is set before it is opened, as TCP wants."""
    own = socket.socket()
    own.setblocking(False)
    own.bind((source, 0))
    if window:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    await asyncio.get_running_loop().sock_connect(own, (host, port))
    return await asyncio.open_connection(sock=own, limit=window or 65536)


class Load:
    def __init__(self, host, port, worst, key, askers):
        self.host, self.port, self.worst, self.key, self.askers = host, port, worst, key, askers
        self.statuses, self.held = collections.Counter(), collections.Counter()

    def tasks(self):
        if self.askers:
            yield from (self.ask("127.0.1.1") for _ in range(self.askers))
            return
        for n in range(110):
            yield self.ask(f"127.0.1.{1 + n % 11}")
        for n in range(40):
            target = f"/api/articles?limit=100&include=body&published_to=2025-{1 + n % 12:02}-{1 + n % 28:02}"
            yield self.hold("slow reader", target, f"127.0.2.{1 + n % 8}", "", 1, 1024)
        stream = "Accept: text/event-stream\r\n"
        for n in range(40):
            yield self.hold("stream", "/api/changes/stream", f"127.0.4.{1 + n % 8}", stream, 1024)
        if self.key:
            head = f"Authorization: Bearer {self.key}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n"
            for n in range(10):
                yield self.hold("bulk", "/api/bulk", "127.0.5.1", head, 1024, method="POST")

    async def ask(self, source):
        """Asks the worst in a loop; whoever is refused comes again soon."""
        while True:
            try:
                reader, writer = await connect(self.host, self.port, source)
                try:
                    target = self.worst[random.randrange(len(self.worst))]
                    writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                    line = await reader.readline()
                    while await reader.read(65536):
                        pass
                finally:
                    writer.close()
                status = int(line.split()[1]) if line else 0
            except OSError as error:
                status = type(error).__name__
            self.statuses["worst", status] += 1
            if status != 200:
                await asyncio.sleep(0.2)

    async def hold(self, kind, target, source, head, bytes_a_second, window=None, method="GET"):
        while True:
            try:
                reader, writer = await connect(self.host, self.port, source, window)
                writer.write(f"{method} {target} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode())
                line = await asyncio.wait_for(reader.readline(), 30)
                status = int(line.split()[1]) if line else 0
                self.statuses[kind, status] += 1
                self.held[kind] += status == 200
                try:
                    while status == 200 and await reader.read(bytes_a_second):
                        await asyncio.sleep(1)
                finally:
                    self.held[kind] -= status == 200
                    writer.close()
            except (OSError, asyncio.TimeoutError) as error:
                self.statuses[kind, type(error).__name__] += 1
            await asyncio.sleep(1)


def ask(host, port, target, source):
    with socket.create_connection((host, port), 60, (source, 0)) as own:
        own.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = own.recv(65536)
        while own.recv(65536):
            pass
    return int(answer.split()[1])


def read_uncached(host, port, seconds, seed, told):
    """The times of reads that no cache holds, and how often the service was not ready."""
    dice, until = random.Random(seed), time.monotonic() + seconds
    times, statuses, unready = [], collections.Counter(), 0
    while time.monotonic() < until:
        day = f"{2016 + dice.randrange(9)}-{1 + dice.randrange(12):02}-{1 + dice.randrange(28):02}"
        target = f"/api/articles?lang=en&published_to={day}&limit={1 + dice.randrange(50)}"
        began = time.monotonic()
        statuses[ask(host, port, target, "127.0.3.1")] += 1
        times.append(time.monotonic() - began)
        if len(times) % 20 == 0:
            unready += ask(host, port, "/health/ready", "127.0.3.2") != 200
        time.sleep(0.01)
    told.send((times, statuses, unready))


async def measured(host, port, seconds, seed):
    """What a reader measures that shares no interpreter with those that it is measured beside."""
    mine, other = multiprocessing.get_context("spawn").Pipe(False)
    reader = multiprocessing.get_context("spawn").Process(target=read_uncached, args=(host, port, seconds, seed, other))
    reader.start()
    found = await asyncio.to_thread(mine.recv)
    reader.join()
    return found


def process_at(port):
    found = subprocess.run(["ss", "-ltnpH", f"sport = :{port}"], capture_output=True, text=True).stdout
    return found.split("pid=")[1].split(",")[0] if "pid=" in found else None


def memory(port):
    process = process_at(port)
    if not process:
        return 0
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    # Mapped pages of the database's file are the system's cache, and each connection counts them once more.
    return int(status.split("RssAnon:")[1].split()[0]) // 1024


def connections(port):
    found = subprocess.run(["ss", "-tnH", f"sport = :{port}"], capture_output=True, text=True).stdout
    return len([line for line in found.splitlines() if line.startswith("ESTAB")])


def percentile(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] * 1000


def row(name, times, statuses, unready, port):
    print(f"| {name} | {len(times)} | {percentile(times, 0.5):.1f} | {percentile(times, 0.99):.1f} "
          f"| {dict(statuses)} | {unready} | {memory(port)} |", flush=True)


async def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("service")
    arguments.add_argument("worst")
    arguments.add_argument("--key")
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--askers", type=int)
    asked = arguments.parse_args()
    address = urllib.parse.urlsplit(asked.service)
    host, port = address.hostname, address.port
    load = Load(host, port, pathlib.Path(asked.worst).read_text().split(), asked.key, asked.askers)
    every = {"alone": [], f"beside {asked.askers or 200} clients": []}
    print(HEAD + "\n| --- | --- | --- | --- | --- | --- | --- |")
    held = collections.Counter()
    for n in range(asked.rounds):
        tasks = []
        for name, all_times in every.items():
            if name != "alone":
                tasks = [asyncio.create_task(one) for one in load.tasks()]
                await asyncio.sleep(5)
            times, statuses, unready = await measured(host, port, asked.seconds, n)
            all_times += times
            row(f"{name}, {n + 1}", times, statuses, unready, port)
        held |= load.held
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        load.held.clear()
        await asyncio.sleep(5)
    for name, times in every.items():
        row(name + ", all", times, {}, "", port)
    alone, beside = every.values()
    print(f"\n99th percentile beside the others: {percentile(beside, 0.99) / percentile(alone, 0.99):.1f} times its own")
    print("what these got:", {" ".join(map(str, kind)): count for kind, count in sorted(load.statuses.items(), key=str)})
    print("held at the end of a round, at the most:", dict(held))
    print(f"afterwards: {connections(port)} connections, {memory(port)} MB")


if __name__ == "__main__":
    asyncio.run(main())

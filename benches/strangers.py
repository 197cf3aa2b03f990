#!/usr/bin/env python3
"""Measures what strangers take from everybody else.

    python3 benches/strangers.py http://127.0.0.1:8080 WORST [--key KEY] [--seconds 20]

WORST is a file of targets, one a line, such as `cargo bench --bench dearest` writes where MASTHEAD_DEAREST_LIST says.
First a reader asks for pages that no cache holds, alone; then beside 200 clients: 110 ask the worst in a loop, 40 read one
byte a second of a long answer, 40 hold streams, 10 hold bulks (with --key). Each kind comes from loopback addresses of its
own. Printed: the reader's median and 99th percentile alone and beside them, readiness, the statuses that the others got, and
the memory of the service while it lasts and after it.
"""
import argparse, asyncio, collections, pathlib, random, subprocess, time, urllib.parse


async def ask(host, port, target, source, head="", body=b"", method="GET"):
    reader, writer = await asyncio.open_connection(host, port, local_addr=(source, 0))
    try:
        writer.write(f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n".encode() + body)
        await writer.drain()
        line = await reader.readline()
        while await reader.read(65536):
            pass
        return int(line.split()[1]) if line else 0
    finally:
        writer.close()


class Load:
    def __init__(self, host, port, worst, key):
        self.host, self.port, self.worst, self.key = host, port, worst, key
        self.statuses, self.stopped = collections.Counter(), False

    async def loop(self, n):
        while not self.stopped:
            try:
                target = self.worst[random.randrange(len(self.worst))]
                status = await ask(self.host, self.port, target, f"127.0.1.{1 + n % 11}")
            except OSError as error:
                status = type(error).__name__
            self.statuses["worst", status] += 1
            if status in (429, 503):
                await asyncio.sleep(0.2)

    async def hold(self, kind, target, source, head, byte_a_second, method="GET"):
        while not self.stopped:
            try:
                reader, writer = await asyncio.open_connection(self.host, self.port, local_addr=(source, 0), limit=1024)
                writer.write(f"{method} {target} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode())
                line = await asyncio.wait_for(reader.readline(), 30)
                status = int(line.split()[1]) if line else 0
                self.statuses[kind, status] += 1
                while not self.stopped and status == 200:
                    if not await asyncio.wait_for(reader.read(1 if byte_a_second else 1024), 60):
                        break
                    await asyncio.sleep(1)
                writer.close()
            except (OSError, asyncio.TimeoutError) as error:
                self.statuses[kind, type(error).__name__] += 1
            await asyncio.sleep(1)


async def read_uncached(host, port, seconds, head):
    """The times of reads that no cache holds, and how often the service was not ready."""
    times, statuses, unready, until = [], collections.Counter(), 0, time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        day = f"{2016 + random.randrange(9)}-{1 + random.randrange(12):02}-{1 + random.randrange(28):02}"
        target = f"/api/articles?lang=en&published_to={day}&limit={1 + random.randrange(50)}"
        statuses[await ask(host, port, target, "127.0.3.1", head)] += 1
        times.append(time.monotonic() - began)
        if len(times) % 20 == 0:
            unready += await ask(host, port, "/health/ready", "127.0.3.2") != 200
        await asyncio.sleep(0.01)
    times.sort()
    return times, statuses, unready


def memory(port):
    found = subprocess.run(["ss", "-ltnpH", f"sport = :{port}"], capture_output=True, text=True).stdout
    if "pid=" not in found:
        return 0
    process = found.split("pid=")[1].split(",")[0]
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    # Mapped pages of the database's file are the system's cache, and each connection counts them once more.
    return int(status.split("RssAnon:")[1].split()[0]) // 1024


def told(name, times, statuses, unready, port):
    print(f"| {name} | {len(times)} | {times[len(times) // 2] * 1000:.1f} | {times[len(times) * 99 // 100] * 1000:.1f} "
          f"| {dict(statuses)} | {unready} | {memory(port)} |")


async def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("service")
    arguments.add_argument("worst")
    arguments.add_argument("--key")
    arguments.add_argument("--seconds", type=int, default=20)
    asked = arguments.parse_args()
    address = urllib.parse.urlsplit(asked.service)
    host, port = address.hostname, address.port
    worst = pathlib.Path(asked.worst).read_text().split()
    print("| reads | number | median, ms | 99th percentile, ms | statuses | not ready | memory, MB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    told("alone", *await read_uncached(host, port, asked.seconds, ""), port)
    load = Load(host, port, worst, asked.key)
    tasks = [asyncio.create_task(load.loop(n)) for n in range(110)]
    long = "/api/articles?limit=100&include=body&page="
    tasks += [asyncio.create_task(load.hold("slow", f"{long}{1 + n}", f"127.0.2.{1 + n % 8}", "", True)) for n in range(40)]
    tasks += [asyncio.create_task(load.hold("stream", "/api/changes/stream", f"127.0.4.{1 + n % 8}",
                                            "Accept: text/event-stream\r\n", False)) for n in range(40)]
    if asked.key:
        head = f"Authorization: Bearer {asked.key}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n"
        tasks += [asyncio.create_task(load.hold("bulk", "/api/bulk", "127.0.5.1", head, False, "POST")) for n in range(10)]
    await asyncio.sleep(3)
    told("beside 200 clients", *await read_uncached(host, port, asked.seconds, ""), port)
    load.stopped = True
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(5)
    told("afterwards", *await read_uncached(host, port, asked.seconds, ""), port)
    print("\nWhat the 200 got:", {" ".join(map(str, kind)): count for kind, count in sorted(load.statuses.items(), key=str)})


asyncio.run(main())

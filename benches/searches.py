#!/usr/bin/env python3
"""Looks for searches that cost much: hostile queries, and queries over the words that most articles hold.

    python3 benches/searches.py http://127.0.0.1:8080 --pid PID [--count 1000] [--seed 1] [--bound 100]

The service runs on this machine with an empty cache (`--cache-megabytes 0`); its processor time is read from the process's
own clock, so that other load does not count. The same seed asks the same. Each query of a kind comes plain or with random
options: highlights, all facets, a hundred hits, all editions, related articles, another order. The ten dearest are asked
twice more, and the least of the three is printed. Ends with 1 where an answer is a 5xx or one of the ten is over the bound.
"""
import argparse, collections, http.client, json, random, re, sys, time, urllib.parse

SIGNS = ["(", ")", "[", "]", "{", "}", '"', "'", "*", "-", "--", "OR", "AND", "NOT", "NEAR", "title:", "body:", "^2", "~1", "\\",
         ":", ";", "/*", "%", "?", "+", "||", "&&", "!", "<b>", "\u202e", "\u200f", "\u2066", "\u200b", "\u0301" * 40, "\u0000",
         "\ufeff", "\U0001f600", "中", "环境", "«", "”", "c++", ".net", "1", "a"]
OPTIONS = ["highlight=true", "facets=section,author,source,tag,lang,year", "limit=100", "limit=100&page=10", "include=related",
           "sort=-published_at", "sort=title", "count=exact", "published_from=2010-01-01&published_to=2035-01-01"]


def words_of(client):
    """Words in the order of how many articles hold them, runs of words as they stand, and the editions."""
    held, runs, langs = collections.Counter(), [], []
    for edition in client.json("/api/editions?limit=100")["data"]:
        langs.append(edition["lang"])
        page = client.json(f"/api/articles?limit=20&include=body&lang={edition['lang']}")
        for article in page["data"]:
            text = " ".join([article["title"], re.sub("<[^>]*>", " ", json.dumps(article["body"], ensure_ascii=False))])
            words = re.findall(r"\w+", text)
            held.update({word.lower() for word in words})
            runs.append(words[:400])
    return [word for word, _ in held.most_common(400)], [run for run in runs if len(run) > 8], langs


class Maker:
    def __init__(self, client, seed):
        self.dice = random.Random(seed)
        self.words, self.runs, self.langs = words_of(client)
        self.common = self.words[:64]

    def some(self, most):
        return self.dice.sample(self.common, min(self.dice.randint(1, most), len(self.common)))

    def run(self, length):
        run = self.dice.choice(self.runs)
        start = self.dice.randrange(max(1, len(run) - length))
        return " ".join(run[start:start + length])

    def slip(self, word):
        at = self.dice.randrange(len(word))
        return word[:at] + self.dice.choice("aeioux") + word[at + 1:]

    def signs(self):
        return "".join(self.dice.choice(SIGNS) + self.dice.choice(["", " "]) for _ in range(self.dice.randint(1, 200)))

    def mixed(self):
        parts = [self.dice.choice([self.dice.choice(SIGNS), self.dice.choice(self.words), f'"{self.run(3)}"'])
                 for _ in range(self.dice.randint(2, 60))]
        return " ".join(parts)

    def broken(self):
        """Bytes that are not UTF-8: lone surrogates, cut and overlong sequences."""
        pieces = ["%ED%A0%80", "%ED%BF%BF", "%C0%80", "%FF", "%E4%B8", "%F4%90%80%80", "%00", "a", "%22"]
        return "".join(self.dice.choice(pieces) for _ in range(self.dice.randint(1, 60)))

    def long(self):
        text = self.dice.choice(['"' * 10_000, "(" * 10_000, "a" * 10_000, "- " * 5_000, "中" * 3_000, "\u202e" * 3_000, "* " * 5_000,
                                 " ".join(self.dice.choices(self.words, k=1_500)), self.signs() * 50])
        return text[:10_000]

    def query(self, n):
        dice, quoted = self.dice, lambda text: f'"{text}"'
        kinds = {
            "signs": self.signs, "mixed": self.mixed, "long": self.long,
            "words": lambda: " ".join(self.some(64)),
            "run": lambda: self.run(dice.randint(2, 64)),
            "phrase": lambda: quoted(self.run(dice.randint(2, 64))),
            "near phrase": lambda: quoted(f"{self.run(dice.randint(2, 30))} {dice.choice(self.common)}"),
            "phrases": lambda: " ".join(quoted(self.run(dice.randint(2, 4))) for _ in range(dice.randint(2, 20))),
            "any phrase": lambda: " OR ".join(quoted(self.run(dice.randint(2, 4))) for _ in range(dice.randint(2, 20))),
            "none of": lambda: " ".join(f"-{quoted(self.run(3))}" for _ in range(dice.randint(1, 20))),
            "any": lambda: " OR ".join(self.some(32)),
            "title": lambda: " ".join(f"title:{word}" for word in self.some(16)),
            "beginnings": lambda: " ".join(f"{dice.choice(self.words)[:dice.randint(1, 2)]}*" for _ in range(dice.randint(1, 8))),
            "numbers": lambda: " ".join(f"{dice.randint(1, 99)}*" for _ in range(dice.randint(1, 6))),
            "slips": lambda: " ".join(self.slip(word) for word in self.some(12)),
            "slip in phrases": lambda: f'{self.slip(dice.choice(self.common))} {quoted(self.run(8))}',
        }
        if n % 17 == 16:
            return "bytes", self.broken()
        kind = list(kinds)[n % 17]
        return kind, urllib.parse.quote(kinds[kind]())

    def target(self, n):
        kind, query = self.query(n)
        options = self.dice.sample(OPTIONS, self.dice.choice([0, 1, 2, 3]))
        if self.dice.random() < 0.3:
            options.append("lang=" + ",".join(self.dice.sample(self.langs, self.dice.randint(1, len(self.langs)))))
        seen, kept = set(), []
        for option in "&".join(options).split("&") if options else []:
            name = option.split("=")[0]
            if name not in seen and not (name == "count" and "page" in seen):
                seen.add(name)
                kept.append(option)
        if "sort" in seen:
            kept = [option for option in kept if not option.startswith("page=")]
        path = "/api/search" if self.dice.random() < 0.9 or seen & {"facets", "highlight"} else "/api/articles"
        if path == "/api/search":
            kept = [option for option in kept if not option.startswith("count=")]
        return kind, f"{path}?q={query}" + "".join(f"&{option}" for option in kept)


class Client:
    def __init__(self, url, pid):
        self.host, self.clock = urllib.parse.urlsplit(url).netloc, ~pid << 3 | 2

    def get(self, target):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request("GET", target)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, target):
        return json.loads(self.get(target)[1])

    def cost(self, target):
        """Status, and milliseconds of the service's processor time."""
        before = time.clock_gettime(self.clock)
        status, _ = self.get(target)
        return status, (time.clock_gettime(self.clock) - before) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bound", type=float, default=100)
    parser.add_argument("--print", action="store_true", help="prints each request with its cost")
    asked = parser.parse_args()
    client = Client(asked.url, asked.pid)
    maker = Maker(client, asked.seed)
    statuses, costs, failed = collections.Counter(), [], []
    by_kind = collections.defaultdict(list)
    for n in range(asked.count):
        kind, target = maker.target(n)
        status, cost = client.cost(target)
        statuses[status] += 1
        by_kind[kind].append(cost)
        costs.append((cost, kind, target))
        if status >= 500:
            failed.append((status, target))
        if asked.print:
            print(f"{cost:8.1f} {status} {kind:16} {urllib.parse.unquote(target)[:200]!r}", flush=True)
    costs.sort(reverse=True)
    worst = [(min(cost, *(client.cost(target)[1] for _ in range(2))), kind, target) for cost, kind, target in costs[:10]]
    print(f"{asked.count} searches, by status: {dict(statuses)}\n")
    print("| kind | searches | median, ms | worst, ms |\n| --- | --- | --- | --- |")
    for kind, own in sorted(by_kind.items(), key=lambda one: -max(one[1])):
        print(f"| {kind} | {len(own)} | {sorted(own)[len(own) // 2]:.1f} | {max(own):.1f} |")
    print("\n| the ten dearest, ms | kind | request |\n| --- | --- | --- |")
    for cost, kind, target in sorted(worst, reverse=True):
        print(f"| {cost:.1f} | {kind} | `{urllib.parse.unquote(target, errors='replace')[:160]!r}` |")
    for status, target in failed[:10]:
        print(f"**** {status}: {target[:400]}")
    return bool(failed) or max(cost for cost, *_ in worst) > asked.bound


if __name__ == "__main__":
    sys.exit(main())

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { articlesWith, type ChangeBatch, type ChangeFilters, createMasthead, followChanges, items, type Masthead, MastheadError, ok } from "../src/index.js";
import { Copy } from "./copy.js";
import { type Demo, freePort, serveDemo } from "./server.js";

let demo: Demo;
let desk: Masthead;
let partner: { client: Masthead; key: string; id: string };
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "masthead-copy-"));
  demo = await serveDemo();
  desk = createMasthead({ baseUrl: demo.url, key: demo.key });
  partner = await newPartner("Copy");
});

after(async () => {
  await demo?.stop();
  await rm(folder, { recursive: true });
});

async function newPartner(name: string): Promise<{ client: Masthead; key: string; id: string }> {
  const { id, key } = (await ok(desk.POST("/api/keys", { body: { name, role: "partner" } }))).data;
  return { client: createMasthead({ baseUrl: demo.url, key }), key, id };
}

async function published(client: Masthead, lang: { lang?: string } = {}): Promise<[string, number][]> {
  const all: [string, number][] = [];
  for await (const { id, version } of items((page) => articlesWith(client, ["version"], { limit: 100, ...lang, ...page }))) {
    all.push([id, version]);
  }
  return all.sort(byId);
}

function byId([a]: [string, number], [b]: [string, number]): number {
  return a < b ? -1 : 1;
}

/** Each edition on its own: a list with several languages has each work once. */
async function publishedIn(langs: string): Promise<[string, number][]> {
  const lists = await Promise.all(langs.split(",").map((lang) => published(partner.client, { lang })));
  return lists.flat();
}

async function catchUp(client: Masthead, copy: Copy, filters?: ChangeFilters): Promise<ChangeBatch[]> {
  const batches: ChangeBatch[] = [];
  for await (const batch of followChanges(client, { since: copy.cursor, filters, limit: 10, once: true })) {
    await copy.apply(batch);
    batches.push(batch);
  }
  return batches;
}

async function publish(title: string): Promise<string> {
  const body = { lang: "en", title, status: "published" as const };
  return (await ok(desk.POST("/api/articles", { body }))).data.id;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const withdraw = (id: string) => ok(desk.POST("/api/articles/{id}/withdraw", { params: { path: { id } }, body: { reason: "legal" } }));
const shorten = (id: string, summary: string) =>
  ok(desk.PATCH("/api/articles/{id}", { params: { path: { id }, header: { "If-Match": "*" } }, body: { summary } }));

test("a copy is what is published, and a tombstone takes an article out of it", async () => {
  const copy = await Copy.open(join(folder, "first.json"));
  const first = await catchUp(partner.client, copy);
  assert.deepEqual(first.map((batch) => batch.reset), first.map((_, at) => at === 0));
  assert.equal(first.at(-1)?.complete, true);
  assert.deepEqual(copy.versions(), await published(partner.client));

  const id = await publish("Taken down");
  await catchUp(partner.client, copy);
  assert.ok(copy.versions().some(([one]) => one === id));
  await withdraw(id);
  const [last] = await catchUp(partner.client, copy);
  const [change] = last?.changes ?? [];
  assert.equal(change?.op, "delete");
  assert.equal(change?.reason, "legal");
  assert.deepEqual(copy.versions(), await published(partner.client));
});

test("filters may change at any cursor", async () => {
  const copy = await Copy.open(join(folder, "filters.json"));
  for (const lang of ["en", "en,fr", "zh", "fr"]) {
    await catchUp(partner.client, copy, { lang });
    assert.deepEqual(copy.versions(), (await publishedIn(lang)).sort(byId), lang);
  }
});

test("a copy that is killed again and again ends right, and everything is acknowledged", { timeout: 60_000 }, async () => {
  const { client, key, id: keyId } = await newPartner("Killed");
  const file = join(folder, "killed.json");
  const script = fileURLToPath(new URL("copier.js", import.meta.url));
  const environment = { ...process.env, MASTHEAD_URL: demo.url, MASTHEAD_KEY: key };
  const made: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    const { cursor } = await Copy.open(file);
    const copier = spawn(process.execPath, [script, file], { env: environment, stdio: "inherit" });
    const killed = once(copier, "exit");
    made.push(await publish(`Round ${round}`));
    // The first kills come at any time of the start, the others in the midst of the work.
    while (round >= 3 && (await Copy.open(file)).cursor === cursor) await pause(10);
    setTimeout(() => copier.kill("SIGKILL"), Math.random() * 250);
    await shorten(made[0] ?? "", `after ${round}`);
    if (round % 3 === 2) await withdraw(made.pop() ?? "");
    const [code, signal] = await killed;
    assert.equal(code ?? signal, "SIGKILL", "the copier ended by itself");
  }
  const copy = await Copy.open(file);
  assert.ok(copy.cursor, "no round got as far as a transaction");
  for await (const batch of followChanges(client, { since: copy.cursor, once: true, acknowledge: true })) await copy.apply(batch);
  assert.deepEqual(copy.versions(), await published(client));
  const gone = await withdraw(made[0] ?? "");
  for await (const batch of followChanges(client, { since: copy.cursor, once: true, acknowledge: true })) await copy.apply(batch);
  const reach = (await ok(desk.GET("/api/articles/{id}/reach", { params: { path: { id: gone.data.id } } }))).data;
  const ours = reach.partners.find((one) => one.key === keyId);
  assert.equal(ours?.owes, null, JSON.stringify(reach));
});

test("a cursor of another database tells the copy anew, and what is not told again goes", async () => {
  const other = await serveDemo();
  try {
    const there = createMasthead({ baseUrl: other.url, key: other.key });
    const body = { lang: "en", title: "Only there", status: "published" as const };
    await ok(there.POST("/api/articles", { body }));
    const copy = await Copy.open(join(folder, "other.json"));
    await catchUp(createMasthead({ baseUrl: other.url }), copy);
    assert.ok(copy.versions().length > 1);
    const batches = await catchUp(createMasthead({ baseUrl: demo.url }), copy);
    assert.equal(batches[0]?.reset, true);
    assert.deepEqual(copy.versions(), await published(createMasthead({ baseUrl: demo.url })));
  } finally {
    await other.stop();
  }
});

test("a follower waits out a service that is away, and ends with its signal", { timeout: 60_000 }, async () => {
  const port = await freePort();
  const stop = new AbortController();
  const failures: number[] = [];
  const client = createMasthead({ baseUrl: `http://127.0.0.1:${port}`, retries: 0 });
  const seen: ChangeBatch[] = [];
  const following = (async () => {
    const onRetry = (_: unknown, seconds: number) => failures.push(seconds);
    for await (const batch of followChanges(client, { interval: 0.05, signal: stop.signal, onRetry })) {
      seen.push(batch);
      stop.abort();
    }
  })();
  while (failures.length === 0) await pause(20);
  const late = await serveDemo(port);
  await following;
  await late.stop();
  assert.equal(seen.length, 1);
  assert.ok(seen[0]?.changes.length);
});

test("a cursor of another key is refused, not waited out", async () => {
  const copy = await Copy.open(join(folder, "foreign.json"));
  await catchUp(partner.client, copy);
  const stranger = await newPartner("Stranger");
  const refused = (error: unknown) =>
    error instanceof MastheadError && error.status === 400 && error.problem?.errors?.[0]?.parameter === "since";
  await assert.rejects(catchUp(stranger.client, copy), refused);
});

test("a 503 with Retry-After is waited for", async () => {
  let calls = 0;
  const server = createServer((_, answer) => {
    calls += 1;
    answer.setHeader("content-type", "application/json");
    if (calls === 1) answer.writeHead(503, { "retry-after": "0" }).end("{}");
    else answer.end(JSON.stringify({ data: [], meta: { limit: 1, has_more: false, next_cursor: "c", reset: false }, links: {} }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const client = createMasthead({ baseUrl: `http://127.0.0.1:${address.port}`, retries: 0 });
  const batches: ChangeBatch[] = [];
  for await (const batch of followChanges(client, { since: "b", once: true })) batches.push(batch);
  server.close();
  assert.deepEqual(batches, [{ reset: false, changes: [], complete: true, cursor: "c" }]);
});

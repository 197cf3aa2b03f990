import assert from "node:assert/strict";
import { test } from "node:test";
import { createMasthead, MastheadError, ok } from "../src/index.js";
import { retryAfter } from "../src/retry.js";

const health = (): Response => Response.json({ status: "ok" });
const busy = (after: string): Response => new Response("busy", { status: 503, headers: { "retry-after": after } });

/** A client whose answers are these, one after the other. */
function scripted(answers: (Response | Error)[]) {
  const sent: Request[] = [];
  const client = createMasthead({
    baseUrl: "http://127.0.0.1:9/", key: "mh_k", retries: 2,
    fetch: async (request) => {
      sent.push(request);
      const answer = answers.shift();
      if (answer instanceof Response) return answer;
      throw answer ?? new Error("no answer is left");
    },
  });
  return { client, sent };
}

test("reads are tried again after a broken connection and after Retry-After", async () => {
  const { client, sent } = scripted([new TypeError("fetch failed"), busy("0"), health()]);
  assert.equal((await ok(client.GET("/health/live"))).status, "ok");
  assert.equal(sent.length, 3);
  assert.equal(sent[2]?.headers.get("authorization"), "Bearer mh_k");
  assert.equal(sent[2]?.url, "http://127.0.0.1:9/health/live");
});

test("the last answer is the answer, and a long Retry-After is not waited for", async () => {
  const { client, sent } = scripted([busy("3600")]);
  await assert.rejects(ok(client.GET("/health/live")), (error) => error instanceof MastheadError && error.status === 503 && error.problem === undefined);
  assert.equal(sent.length, 1);
  const three = scripted([busy("0"), busy("0"), busy("0")]);
  await assert.rejects(ok(three.client.GET("/health/live")), MastheadError);
  assert.equal(three.sent.length, 3);
});

test("a write is tried again only with an idempotency key", async () => {
  const body = { name: "Wire" };
  const once = scripted([busy("0"), Response.json({})]);
  await assert.rejects(ok(once.client.POST("/api/sources", { body })), MastheadError);
  const header = { "Idempotency-Key": "a" };
  const twice = scripted([busy("0"), Response.json({ data: {} }, { status: 201 })]);
  await ok(twice.client.POST("/api/sources", { params: { header }, body }));
  assert.equal(twice.sent.length, 2);
  assert.deepEqual(await twice.sent[1]?.json(), body);
});

test("an abort ends the waiting at once", async () => {
  const { client } = scripted([busy("50"), health()]);
  const signal = AbortSignal.timeout(50);
  const began = Date.now();
  await assert.rejects(client.GET("/health/live", { signal }));
  assert.ok(Date.now() - began < 5_000);
});

test("Retry-After is a number of seconds or a date", () => {
  assert.equal(retryAfter("7"), 7);
  assert.equal(retryAfter("Wed, 25 Nov 2026 20:42:19 GMT", Date.parse("2026-11-25T20:42:09Z")), 10);
  assert.equal(retryAfter("Wed, 25 Nov 2026 20:42:09 GMT", Date.parse("2026-11-25T20:43:09Z")), 0);
  assert.equal(retryAfter("soon"), undefined);
  assert.equal(retryAfter(null), undefined);
});

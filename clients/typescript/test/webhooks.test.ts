import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";
import { verifyWebhook, WebhookError, type WebhookFault } from "../src/index.js";

const newSecret = (): string => `whsec_${randomBytes(24).toString("base64")}`;
const secret = newSecret();
const at = new Date("2026-11-25T20:42:09Z");
const now = at.getTime();
const body = JSON.stringify({
  type: "article.withdrawn", timestamp: "2026-11-25T20:42:09.367Z",
  data: { seq: 204, op: "delete", reason: "privacy", id: "01a11589-de71-7c60-8762-ef03c0298e43", lang: "zh", version: 2, note: "沉默" },
});

/** Signed by the library of Standard Webhooks. */
function signed(content = body, by = [secret], id = "evt_1"): { headers: Record<string, string>; body: string } {
  const signature = by.map((one) => new Webhook(one).sign(id, at, content)).join(" ");
  const seconds = String(Math.floor(now / 1000));
  return { headers: { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signature }, body: content };
}

const fault = (expected: WebhookFault) => (error: unknown) => error instanceof WebhookError && error.fault === expected;

test("a message that the library signed is taken, with its fields typed", async () => {
  const message = await verifyWebhook({ ...signed(), secret, now });
  assert.equal(message.type, "article.withdrawn");
  assert.equal(message.data.reason, "privacy");
  const bytes = new TextEncoder().encode(body);
  assert.equal((await verifyWebhook({ ...signed(), body: bytes, secret, now })).type, "article.withdrawn");
  assert.ok(await verifyWebhook({ body, headers: new Headers(signed().headers), secret, now }));
  const upper = Object.fromEntries(Object.entries(signed().headers).map(([name, value]) => [name.toUpperCase(), value]));
  assert.ok(await verifyWebhook({ body, headers: upper, secret, now }));
});

test("while a secret is exchanged, either side may have both", async () => {
  const newer = newSecret();
  assert.ok(await verifyWebhook({ ...signed(body, [secret, newer]), secret: newer, now }));
  assert.ok(await verifyWebhook({ ...signed(body, [secret, newer]), secret, now }));
  assert.ok(await verifyWebhook({ ...signed(body, [newer]), secret: [secret, newer], now }));
});

test("whatever was altered is refused", async () => {
  const { headers } = signed();
  const refuse = (request: { headers?: Record<string, string | undefined>; body?: string; secret?: string; now?: number; tolerance?: number }, expected: WebhookFault) =>
    assert.rejects(verifyWebhook({ headers, body, secret, now, ...request }), fault(expected));
  await refuse({ body: `${body} ` }, "signature");
  await refuse({ headers: { ...headers, "webhook-id": "evt_2" } }, "signature");
  await refuse({ headers: { ...headers, "webhook-timestamp": String(now / 1000 + 1) } }, "signature");
  await refuse({ secret: newSecret() }, "signature");
  await refuse({ headers: { ...headers, "webhook-signature": "v1," } }, "signature");
  await refuse({ headers: { ...headers, "webhook-signature": "v1,***" } }, "signature");
  await refuse({ headers: { ...headers, "webhook-signature": (headers["webhook-signature"] ?? "").replace("v1,", "v2,") } }, "signature");
  await refuse({ headers: { ...headers, "webhook-signature": undefined } }, "header");
  await refuse({ headers: { ...headers, "webhook-timestamp": "now" } }, "timestamp");
  await refuse({ now: now + 301_000 }, "timestamp");
  await refuse({ now: now - 301_000 }, "timestamp");
  assert.ok(await verifyWebhook({ headers, body, secret, now: now + 299_000 }));
  assert.ok(await verifyWebhook({ headers, body, secret, now: now + 301_000, tolerance: 600 }));
});

test("a signed message of another shape is refused", async () => {
  for (const content of ["", "{}", "null", "[]", '{"type":"test","timestamp":"t","data":null}']) {
    await assert.rejects(verifyWebhook({ ...signed(content), secret, now }), fault("content"));
  }
});

test("a secret that is none is the caller's mistake", async () => {
  await assert.rejects(verifyWebhook({ ...signed(), secret: "whsec_***", now }), TypeError);
  await assert.rejects(verifyWebhook({ ...signed(), secret: "", now }), TypeError);
});

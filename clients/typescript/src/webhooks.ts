import type { Article, ChangeEvent, EventKind } from "./schema.js";

/** The change that a message tells of. */
export type WebhookChange = Pick<ChangeEvent, "seq" | "op" | "reason" | "id" | "lang" | "version"> & {
  /** Only where the webhook sends articles. */
  article?: Article;
};

/** A message whose signature was verified. */
export type WebhookMessage =
  | { type: Exclude<EventKind, "test">; timestamp: string; data: WebhookChange }
  | { type: "test"; timestamp: string; data: Record<string, unknown> };

/** The cause for which a message is refused. */
export type WebhookFault = "header" | "timestamp" | "signature" | "content";

/** A message that must not be believed. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
  constructor(readonly fault: WebhookFault, detail: string) {
    super(detail);
  }
}

export interface WebhookRequest {
  /** Header fields of the request: a `Headers`, or Node's `request.headers`. */
  headers: Headers | Record<string, string | string[] | undefined>;
  /** The content as it came, before any parser. */
  body: string | Uint8Array;
  /** `whsec_…`; several while a secret is exchanged. */
  secret: string | readonly string[];
  /** Seconds that the message may be older or newer than now. 300 unless given. */
  tolerance?: number | undefined;
  /** Time of arrival, in milliseconds; now unless given. */
  now?: number | undefined;
}

const encoder = new TextEncoder();

/**
 * Verifies a message of Standard Webhooks and answers its content. The comparison takes the same time for every signature. A
 * message can arrive twice: remember its `webhook-id`.
 */
export async function verifyWebhook(request: WebhookRequest): Promise<WebhookMessage> {
  const { body, secret, tolerance = 300, now = Date.now() } = request;
  const id = header(request.headers, "webhook-id");
  const timestamp = header(request.headers, "webhook-timestamp");
  const signatures = header(request.headers, "webhook-signature");
  if (!/^\d{1,15}$/.test(timestamp)) throw new WebhookError("timestamp", "webhook-timestamp is no number of seconds");
  if (Math.abs(now / 1000 - Number(timestamp)) > tolerance) {
    throw new WebhookError("timestamp", `the message is more than ${tolerance} s away from now`);
  }
  const content = typeof body === "string" ? encoder.encode(body) : body;
  const signed = joined(encoder.encode(`${id}.${timestamp}.`), content);
  const secrets = typeof secret === "string" ? [secret] : secret;
  if (!(await isSigned(signed, signatures, secrets))) {
    throw new WebhookError("signature", "no signature of the message is by the secret");
  }
  return message(content);
}

async function isSigned(signed: Uint8Array<ArrayBuffer>, field: string, secrets: readonly string[]): Promise<boolean> {
  const signatures = field.split(" ").filter((one) => one.startsWith("v1,")).map((one) => decoded(one.slice(3)));
  const keys = await Promise.all(secrets.map(hmacKey));
  // WebCrypto compares in constant time.
  const checks = keys.flatMap((key) => signatures.map((signature) => signature !== undefined && crypto.subtle.verify("HMAC", key, signature, signed)));
  return (await Promise.all(checks)).includes(true);
}

function hmacKey(secret: string): Promise<CryptoKey> {
  const bytes = decoded(secret.replace(/^whsec_/, ""));
  if (bytes === undefined || bytes.length === 0) throw new TypeError("a secret is whsec_ and base64");
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function joined(start: Uint8Array, end: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(start.length + end.length);
  all.set(start);
  all.set(end, start.length);
  return all;
}

function header(headers: WebhookRequest["headers"], name: string): string {
  const field = headers instanceof Headers
    ? headers.get(name)
    : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  if (typeof field !== "string" || field === "") throw new WebhookError("header", `${name} is missing`);
  return field;
}

function message(content: Uint8Array): WebhookMessage {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch {
    throw new WebhookError("content", "the message is no JSON");
  }
  if (!isMessage(parsed)) throw new WebhookError("content", "the message has no type, timestamp and data");
  return parsed;
}

/** The shape of the service's messages; their fields are believed, since the service signed them. */
function isMessage(parsed: unknown): parsed is WebhookMessage {
  return (
    typeof parsed === "object" && parsed !== null &&
    "type" in parsed && typeof parsed.type === "string" &&
    "timestamp" in parsed && typeof parsed.timestamp === "string" &&
    "data" in parsed && typeof parsed.data === "object" && parsed.data !== null
  );
}

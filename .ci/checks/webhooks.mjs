// Verifies the messages that `webhooks.py` received with the official JavaScript library of Standard Webhooks.

import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const messages = JSON.parse(readFileSync(process.argv[2], "utf8"));
let refused = 0;
for (const { secret, body, headers } of messages) {
  const payload = new Webhook(secret).verify(body, headers);
  if (typeof payload.type !== "string") throw new Error(`no type: ${body}`);
  try {
    new Webhook(secret).verify(`${body} `, headers);
  } catch {
    refused += 1;
  }
}
if (messages.length === 0 || refused !== messages.length) throw new Error("an altered message was taken");
console.log(`${messages.length} messages verified, as many altered ones refused`);

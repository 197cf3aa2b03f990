// Keeps a copy of a service until it is killed: copier.js FILE, with MASTHEAD_URL and MASTHEAD_KEY set.
import { createMasthead, followChanges } from "../src/index.js";
import { Copy } from "./copy.js";

const client = createMasthead({ baseUrl: process.env["MASTHEAD_URL"] ?? "", key: process.env["MASTHEAD_KEY"] });
const copy = await Copy.open(process.argv[2] ?? "");
for await (const batch of followChanges(client, { since: copy.cursor, limit: 3, interval: 0.02, acknowledge: true })) {
  await copy.apply(batch);
}

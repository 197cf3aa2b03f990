import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A served demo of its own: the program is `MASTHEAD_BIN`, else `masthead` on the path. */
export interface Demo {
  url: string;
  key: string;
  stop: () => Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  server.close();
  return address.port;
}

export async function serveDemo(port?: number): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), "masthead-"));
  const bind = `127.0.0.1:${port ?? (await freePort())}`;
  const args = ["serve", "--demo", "--bind", bind, "--database-url", `sqlite://${folder}/demo.db`, "--webhook-allowed-networks", "127.0.0.1"];
  const server = spawn(process.env["MASTHEAD_BIN"] ?? "masthead", args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"], env: { PATH: process.env["PATH"], RUST_LOG: "warn" } });
  let said = "";
  server.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  await answers(`http://${bind}/health/ready`, server);
  const key = /\bmh_\S+/.exec(said)?.[0];
  assert.ok(key, `the demo printed no key: ${said}`);
  const stop = async (): Promise<void> => {
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
    await rm(folder, { recursive: true });
  };
  return { url: `http://${bind}`, key, stop };
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    assert.ok(server.exitCode === null && Date.now() < deadline, "the demo did not become ready");
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

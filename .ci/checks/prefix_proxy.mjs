// A reverse proxy that mounts an origin under a path prefix, as a publisher's front server does.
import { createServer, request } from "node:http";

/**
 * Serves `origin` (a URL) under `prefix` on a free loopback port; anything outside the prefix is a 404.
 * Resolves to `{ url, close }`.
 */
export function prefixProxy(origin, prefix) {
  const server = createServer((incoming, outgoing) => {
    if (!incoming.url.startsWith(`${prefix}/`)) {
      outgoing.writeHead(404).end();
      return;
    }
    const headers = {
      ...incoming.headers,
      "x-forwarded-for": incoming.socket.remoteAddress,
      "x-forwarded-host": incoming.headers.host,
      "x-forwarded-proto": "http",
      "x-forwarded-prefix": prefix,
    };
    const target = new URL(origin);
    const path = incoming.url.slice(prefix.length);
    const onward = request(
      { hostname: target.hostname, port: target.port, method: incoming.method, path, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const url = `http://127.0.0.1:${server.address().port}${prefix}`;
      const close = () => {
        server.close();
        server.closeAllConnections();
      };
      resolve({ url, close });
    });
  });
}

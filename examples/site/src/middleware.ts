import { MastheadError } from "masthead-client";
import { defineMiddleware } from "astro:middleware";

const POLICY = [
  "default-src 'none'", "img-src 'self' http: https:", "style-src 'self' 'unsafe-inline'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
].join("; ");

/** Tells caches how long a page stays, and browsers what it may load: no page has a script that runs. */
export const onRequest = defineMiddleware(async (context, next) => {
  const answer = await next().catch((error: unknown) => {
    console.error(error);
    const seconds = error instanceof MastheadError ? error.response.headers.get("retry-after") : null;
    return new Response("The newspaper is away for a moment.\n", { status: 503, headers: { "retry-after": seconds ?? "10" } });
  });
  const { headers } = answer;
  if (!headers.has("cache-control")) headers.set("cache-control", answer.ok ? "public, max-age=60, stale-while-revalidate=300" : "no-store");
  if (headers.get("content-type")?.startsWith("text/html")) headers.set("content-security-policy", POLICY);
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "strict-origin-when-cross-origin");
  if (context.url.pathname.includes("/preview/")) headers.set("x-robots-tag", "noindex");
  return answer;
});

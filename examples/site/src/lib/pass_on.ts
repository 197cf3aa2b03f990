import type { APIRoute } from "astro";
import { MASTHEAD_URL } from "./api.js";

const ASKED = ["accept", "if-none-match", "if-modified-since"];
const ANSWERED = ["content-type", "etag", "last-modified", "cache-control", "link", "content-language", "retry-after"];

/** Answers what the service has at the same path: feeds, sitemaps and pictures, which stand under the address of the site. */
export const passOn: APIRoute = async ({ request, url }) => {
  const headers = new Headers();
  for (const name of ASKED) {
    const value = request.headers.get(name);
    if (value) headers.set(name, value);
  }
  const answer = await fetch(`${MASTHEAD_URL}${url.pathname}${url.search}`, { headers, signal: AbortSignal.timeout(10_000) });
  const kept = new Headers();
  for (const name of ANSWERED) {
    const value = answer.headers.get(name);
    if (value) kept.set(name, value);
  }
  return new Response(answer.status === 304 ? null : answer.body, { status: answer.status, headers: kept });
};

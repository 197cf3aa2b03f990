import type { APIRoute } from "astro";
import { siteOf } from "../lib/addresses.js";

export const GET: APIRoute = ({ url }) => {
  const site = siteOf(url);
  return new Response(`User-agent: *\nDisallow: /*/preview/\nDisallow: /*/search\nSitemap: ${site}/sitemap.xml\n`);
};

// Imports the packed client by its name, as a project does that installed it from a registry.
import { type Article, articlesWith, createMasthead, items, MastheadError, ok, verifyWebhook } from "masthead-client";

const client = createMasthead({ baseUrl: "https://api.example.org", fetch: async (request) => {
  const next_cursor = new URL(request.url).searchParams.has("cursor") ? null : "c";
  const data = [{ id: "1", lang: "en", title: next_cursor ? "One" : "Two" }];
  return Response.json({ data, meta: { limit: 1, has_more: next_cursor !== null, next_cursor }, links: {} });
} });

const titles: Article["title"][] = [];
for await (const { title } of items((page) => articlesWith(client, ["title"], page))) titles.push(title);
if (titles.join() !== "One,Two") throw new Error(titles.join());

// @ts-expect-error a field that was not asked for is not there
for await (const { slug } of items((page) => articlesWith(client, ["title"], page))) titles.push(slug);
// @ts-expect-error there is no such parameter
void client.GET("/api/articles", { params: { query: { sectoin: "research" } } });

const page = await ok(client.GET("/api/articles", { params: { query: { lang: "en", tag: ["archives"] } } }));
const first: Article | undefined = page.data[0];
if (first?.title !== "One") throw new Error("no article");
if (typeof MastheadError !== "function" || typeof verifyWebhook !== "function") throw new Error("an export is missing");
console.log("a stranger's project uses the packed client");

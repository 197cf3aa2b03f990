// Reads the demo publication as a web site would, through types that openapi-typescript made of our document.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const baseUrl = process.env["MASTHEAD_URL"];
assert.ok(baseUrl, "MASTHEAD_URL is not set");
const client = createClient<paths, "application/json" | "application/problem+json">({ baseUrl });

/** The answer of a call that must succeed. */
function ok<T>(call: { data?: T | undefined; error?: unknown; response: Response }): T {
  const { data, error, response } = call;
  assert.equal(response.status, 200, `${response.url}: ${response.status} ${JSON.stringify(error)}`);
  assert.ok(data !== undefined, `${response.url}: no body`);
  return data;
}

/** The first of a list that must not be empty. */
function first<T>(list: readonly T[], what: string): T {
  const [head] = list;
  assert.ok(head !== undefined, `there are no ${what}`);
  return head;
}

async function readsEditions(): Promise<string[]> {
  const editions = ok(await client.GET("/api/editions"));
  const languages: string[] = editions.data.map((edition) => edition.lang);
  assert.deepEqual([...languages].sort(), ["en", "fr", "zh"]);
  return languages;
}

async function readsArticles(lang: string): Promise<void> {
  const query = { lang, limit: 3 };
  const page = ok(await client.GET("/api/articles", { params: { query } }));
  assert.ok(page.data.length <= 3, "more articles than the limit");
  const teaser = first(page.data, `articles in ${lang}`);
  const title: string = teaser.title ?? "";
  assert.notEqual(title.trim(), "");

  const path = { id: teaser.slug ?? "" };
  const article = ok(await client.GET("/api/articles/{id}", { params: { path, query: { lang } } })).data;
  assert.equal(article.id, teaser.id);
  assert.equal(article.lang, lang);
  const crumbs = article.breadcrumbs ?? [];
  assert.equal(crumbs.at(-1)?.name, title, "the last crumb is the article itself");
}

async function pagesThroughArticles(): Promise<void> {
  const seen = new Set<string>();
  let cursor: string | null | undefined;
  do {
    const query = cursor ? { limit: 5, cursor } : { limit: 5 };
    const page = ok(await client.GET("/api/articles", { params: { query } }));
    for (const { id } of page.data) {
      assert.ok(!seen.has(id), `${id} came twice`);
      seen.add(id);
    }
    cursor = page.meta.next_cursor;
    assert.equal(Boolean(cursor), page.meta.has_more);
    assert.ok(seen.size < 10_000, "the pages do not end");
  } while (cursor);
  assert.ok(seen.size > 5, "everything fits on one page, so nothing was paged");
}

async function readsSections(lang: string): Promise<void> {
  const sections = ok(await client.GET("/api/sections", { params: { query: { lang } } }));
  const listed = first(sections.data, `sections in ${lang}`);
  const section = ok(await client.GET("/api/sections/{id}", { params: { path: { id: listed.id } } })).data;
  assert.equal(section.path, listed.path);
  const crumbs: { name: string; path?: string | null }[] = section.breadcrumbs ?? [];
  assert.ok(crumbs.length >= 2, `${section.path} has no way home`);
  assert.equal(crumbs.at(-1)?.name, section.name);
}

async function readsAuthors(): Promise<void> {
  const author = first(ok(await client.GET("/api/authors")).data, "authors");
  const bySlug = ok(await client.GET("/api/authors/{id}", { params: { path: { id: author.slug ?? "" } } })).data;
  assert.deepEqual([bySlug.id, bySlug.name], [author.id, author.name]);
}

async function answersProblems(): Promise<void> {
  const path = { id: "no-such-article" };
  const { data, error, response } = await client.GET("/api/articles/{id}", { params: { path } });
  assert.equal(data, undefined);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(error?.status, 404);
}

for (const lang of await readsEditions()) {
  await readsArticles(lang);
  await readsSections(lang);
}
await pagesThroughArticles();
await readsAuthors();
await answersProblems();
console.log("the TypeScript client read editions, articles, sections, authors and a problem");

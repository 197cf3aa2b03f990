// Uses the service as a web site would, through types that openapi-typescript made of our document, and openapi-fetch as
// its documentation writes it. Nothing here is cast.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

function setting(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
}

const baseUrl = setting("MASTHEAD_URL");
const called = new Set<string>();

/** Notes what is asked for, so that nothing is left out unseen. */
async function noted(request: Request): Promise<Response> {
  called.add(`${request.method} ${new URL(request.url).pathname}`);
  return fetch(request);
}

const client = createClient<paths>({ baseUrl });
const desk = createClient<paths>({
  baseUrl,
  fetch: noted,
  headers: { Authorization: `Bearer ${setting("MASTHEAD_KEY")}` },
  querySerializer: { array: { style: "form", explode: false } },
});

/** The answer of a call that must succeed. */
function ok<T>(call: { data?: T | undefined; error?: unknown; response: Response }, status = 200): T {
  const { data, error, response } = call;
  assert.equal(response.status, status, `${response.url}: ${response.status} ${JSON.stringify(error)}`);
  assert.ok(data !== undefined, `${response.url}: no body`);
  return data;
}

/** The first of a list that must not be empty. */
function first<T>(list: readonly T[], what: string): T {
  const [head] = list;
  assert.ok(head !== undefined, `there are no ${what}`);
  return head;
}

const any = { "If-Match": "*" };

async function readsAsThePublic(): Promise<void> {
  const { data, error } = await client.GET("/api/articles", { params: { query: { lang: "en", limit: 3 } } });
  assert.ok(data, error?.detail);
  const teaser = first(data.data, "articles");
  const title: string = teaser.title;
  const names: string[] = teaser.authors.map((author) => author.name);
  const licence: string | null = teaser.rights.licence;
  assert.ok(title.trim() !== "" && names.length > 0 && licence !== "");

  const path = { id: teaser.slug };
  const article = ok(await client.GET("/api/articles/{id}", { params: { path, query: { lang: "en" } } })).data;
  assert.equal(article.id, teaser.id);
  assert.equal(article.breadcrumbs.at(-1)?.name, title, "the last crumb is the article itself");
  assert.equal(article.body?.format, "html");

  const missing = await client.GET("/api/articles/{id}", { params: { path: { id: "no-such-article" } } });
  assert.equal(missing.data, undefined);
  assert.equal(missing.response.headers.get("content-type"), "application/problem+json");
  assert.equal(missing.error?.status, 404);
}

async function pagesThroughArticles(): Promise<void> {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor ? { limit: 5, cursor } : { limit: 5 };
    const page: components["schemas"]["ArticlePage"] = ok(await client.GET("/api/articles", { params: { query } }));
    seen.push(...page.data.map((article) => article.id));
    cursor = page.meta.next_cursor;
    assert.equal(Boolean(cursor), page.meta.has_more);
    assert.ok(seen.length < 10_000, "the pages do not end");
  } while (cursor);
  assert.equal(new Set(seen).size, seen.length, "an article came twice");
  assert.ok(seen.length > 5, "everything fits on one page, so nothing was paged");

  const id = seen.slice(0, 2);
  const chosen = ok(await desk.GET("/api/articles", { params: { query: { id, status: ["published", "draft"] } } }));
  assert.deepEqual(chosen.data.map((article) => article.id).sort(), [...id].sort(), "commas mean any of");
  const repeated = await client.GET("/api/articles", { params: { query: { id } } });
  assert.equal(repeated.error?.errors?.[0]?.code, "repeated", "nothing has two ids");
  assert.ok(repeated.error?.errors?.[0]?.detail.endsWith(`id=${id.join(",")}`), repeated.error?.detail);
}

/** One array of each kind, repeated as openapi-fetch does by itself, and with commas. */
async function sendsArrays(): Promise<void> {
  const commas = { array: { style: "form", explode: false } } as const;
  const repeats = { array: { style: "form", explode: true } } as const;
  const shown = { include: ["body", "related"] as ("body" | "related")[], limit: 2 };
  const [joined, apart] = [
    ok(await client.GET("/api/articles", { params: { query: shown }, querySerializer: commas })).data,
    ok(await client.GET("/api/articles", { params: { query: shown }, querySerializer: repeats })).data,
  ];
  assert.deepEqual(joined, apart, "what is shown may be chosen either way");
  assert.ok(apart.every((article) => article.body && article.related), "both parts are there");
  const counted = { q: "the", facets: ["tag", "year"] as ("tag" | "year")[] };
  for (const querySerializer of [commas, repeats]) {
    const { facets } = ok(await client.GET("/api/search", { params: { query: counted }, querySerializer })).meta;
    assert.deepEqual(Object.keys(facets ?? {}).sort(), ["tag", "year"]);
  }
  const tag = [...new Set(apart.flatMap((article) => article.tags.map(({ slug }) => slug)))];
  const total = async (querySerializer: typeof commas | typeof repeats): Promise<number> =>
    ok(await client.GET("/api/articles", { params: { query: { tag, count: "exact" } }, querySerializer })).meta.total ?? 0;
  assert.ok(await total(repeats) <= await total(commas) && await total(commas) >= 2, "all of, any of");
  const section = apart.flatMap((article) => (article.section ? [article.section.path] : []));
  for (const query of [{ section: [...section, "nowhere"] }, { source: ["the-watermark-review", "nobody"] }]) {
    ok(await client.GET("/api/articles", { params: { query }, querySerializer: commas }));
    const refused = await client.GET("/api/articles", { params: { query }, querySerializer: repeats });
    assert.equal(refused.error?.errors?.[0]?.code, "repeated");
  }
}

/** One of each resource is made and changed; what is read afterwards has something to show. */
async function writesOneOfEach(): Promise<{ article: string; key: string; webhook: string; medium: string }> {
  const rights = { licence: "CC-BY-4.0" };
  const source = ok(await desk.POST("/api/sources", { body: { name: "The Typed Wire", rights } }), 201).data;
  assert.equal(source.rights.copyright, null);
  const of = (id: string) => ({ params: { path: { id }, header: any } });
  ok(await desk.PATCH("/api/sources/{id}", { ...of(source.id), body: { rights: { licence: null } } }));
  const author = ok(await desk.POST("/api/authors", { body: { name: "Ty Pescript" } }), 201).data;
  ok(await desk.PATCH("/api/authors/{id}", { ...of(author.id), body: { names: { fr: "Ty", zh: null } } }));
  const section = ok(await desk.POST("/api/sections", { body: { lang: "en", name: "TYPES" } }), 201).data;
  ok(await desk.PATCH("/api/sections/{id}", { ...of(section.id), body: { description: "Of letters." } }));
  const tag = ok(await desk.POST("/api/tags", { body: { name: "Typing" } }), 201).data;
  const slug = { path: { slug: tag.slug }, header: any };
  ok(await desk.PATCH("/api/tags/{slug}", { params: slug, body: { name: "Typesetting" } }));
  const path = { lang: "it" };
  const edition = { name: "Italiano", contact: { email: "desk@example.org" } };
  ok(await desk.PUT("/api/editions/{lang}", { params: { path }, body: edition }), 201);
  const changed = ok(await desk.PATCH("/api/editions/{lang}", { params: { path, header: any }, body: { contact: { email: null } } }));
  assert.deepEqual(changed.data.contact, { phones: [], email: null, address: null });

  const medium = ok(await desk.POST("/api/media", { body: { file: "" }, bodySerializer: () => picture }), 201).data;
  ok(await desk.PATCH("/api/media/{id}", { ...of(medium.id), body: { alt: { en: "A dot" } } }));
  const write: components["schemas"]["ArticleWrite"] = {
    lang: "en", title: "Of types", section: section.path, authors: [author.slug], source: source.slug, tags: [tag.slug], rights,
    body: { format: "markdown", content: "Set in *lead*." }, media: [{ id: medium.id }],
  };
  const article = ok(await desk.POST("/api/articles", { body: write }), 201).data;
  ok(await desk.PATCH("/api/articles/{id}", { ...of(article.id), body: { subtitle: "Lead", rights: { licence: null } } }));
  const published = ok(await desk.POST("/api/articles/{id}/publish", { params: { path: { id: article.id } }, body: {} })).data;
  assert.equal(published.status, "published");
  const key = ok(await desk.POST("/api/keys", { body: { name: "Typed", role: "partner", contract: { summary_only: true } } }), 201).data;
  ok(await desk.PATCH("/api/keys/{id}", { ...of(key.id), body: { contract: { rights: "© T." } } }));
  const webhook = ok(await desk.POST("/api/webhooks", { body: { name: "Hook", url: "http://127.0.0.1:9/" } }), 201).data;
  ok(await desk.POST("/api/webhooks/{id}/test", { params: { path: { id: webhook.id } } }), 202);
  const operations: components["schemas"]["BulkLine"][] = [{ op: "create", data: { lang: "en", title: "One" } }, { op: "create" }];
  const told = ok(await desk.POST("/api/bulk", { body: { operations } })).data;
  assert.deepEqual(told.map((result) => [result.line, result.status]), [[1, 201], [2, 422]]);
  return { article: article.id, key: key.id, webhook: webhook.id, medium: medium.id };
}

async function readsEverything(made: { article: string; key: string; webhook: string; medium: string }): Promise<void> {
  const of = (id: string) => ({ params: { path: { id } } });
  const article = of(made.article);
  const shown = ok(await desk.GET("/api/articles/{id}", article)).data;
  ok(await desk.GET("/api/articles/{id}/related", article));
  ok(await desk.GET("/api/articles/{id}/reach", article));
  const revisions = ok(await desk.GET("/api/articles/{id}/revisions", article)).data;
  const version = first(revisions, "revisions").version;
  ok(await desk.GET("/api/articles/{id}/revisions/{version}", { params: { path: { id: made.article, version } } }));
  const pair = { id: made.article, a: 1, b: version };
  for (const change of ok(await desk.GET("/api/articles/{id}/revisions/{a}/diff/{b}", { params: { path: pair } })).data.changes) {
    if (change.kind === "list") assert.ok(change.added.length + change.removed.length > 0 || change.reordered);
  }
  const [author, source, section, tag] = [shown.authors[0], shown.source, shown.section, shown.tags[0]];
  assert.ok(author && source && section && tag);
  for (const deed of ok(await desk.GET("/api/audit")).data) {
    const operation: components["schemas"]["AuditEntry"]["operation"] = deed.operation;
    assert.ok(operation);
  }
  ok(await desk.GET("/api/authors", { params: { query: { include: "article_count" } } }));
  ok(await desk.GET("/api/authors/{id}", of(author.id)));
  ok(await desk.GET("/api/sources"));
  ok(await desk.GET("/api/sources/{id}", of(source.id)));
  ok(await desk.GET("/api/sections", { params: { query: { lang: "en", tree: true } } }));
  ok(await desk.GET("/api/sections/{id}", of(section.id)));
  ok(await desk.GET("/api/tags"));
  ok(await desk.GET("/api/tags/{slug}", { params: { path: { slug: tag.slug } } }));
  ok(await desk.GET("/api/editions"));
  ok(await desk.GET("/api/editions/{lang}", { params: { path: { lang: "en" } } }));
  ok(await desk.GET("/api/articles"));
  ok(await desk.GET("/api/resolve", { params: { query: { url: "/en/international/events" } } }));
  ok(await desk.GET("/api/search", { params: { query: { q: "bridge", lang: "en", highlight: true } } }));
  ok(await desk.GET("/api/search/suggest", { params: { query: { q: "bri", limit: 5 } } }));
  ok(await desk.GET("/api/keys"));
  ok(await desk.GET("/api/keys/{id}", of(made.key)));
  ok(await desk.GET("/api/keys/{id}/feed-tokens", of(made.key)));
  ok(await desk.GET("/api/usage"));
  ok(await desk.GET("/api/webhooks"));
  ok(await desk.GET("/api/webhooks/{id}", of(made.webhook)));
  const delivery = first(ok(await desk.GET("/api/webhooks/{id}/deliveries", of(made.webhook))).data, "deliveries").id;
  ok(await desk.GET("/api/webhooks/{id}/deliveries/{delivery}", { params: { path: { id: made.webhook, delivery } } }));
  for (const event of ok(await desk.GET("/api/changes", { params: { query: { limit: 100 } } })).data) {
    const title: string | undefined = event.op === "upsert" ? event.article?.title : event.reason ?? "";
    assert.notEqual(title, undefined);
  }
  const stream: ReadableStream<Uint8Array> | null = ok(await desk.GET("/api/changes/stream", { parseAs: "stream" }));
  await stream?.cancel();
  await readsFiles(made.medium);
  const feed = { lang: "en" };
  const slugs = [[{ ...feed, slug: author.slug }, "authors"], [{ ...feed, slug: source.slug }, "sources"], [{ ...feed, slug: tag.slug }, "tags"]] as const;
  for (const [path, kind] of slugs) {
    ok(await desk.GET(`/feeds/{lang}/${kind}/{slug}/rss.xml`, { params: { path }, parseAs: "text" }));
    ok(await desk.GET(`/feeds/{lang}/${kind}/{slug}/atom.xml`, { params: { path }, parseAs: "text" }));
    ok(await desk.GET(`/feeds/{lang}/${kind}/{slug}/feed.json`, { params: { path } }));
  }
  const path = { ...feed, path: section.path };
  const sectionRss: string = ok(await desk.GET("/feeds/{lang}/sections/{path}/rss.xml", { params: { path }, parseAs: "text" }));
  assert.match(sectionRss, /<rss/);
  ok(await desk.GET("/feeds/{lang}/sections/{path}/atom.xml", { params: { path }, parseAs: "text" }));
  ok(await desk.GET("/feeds/{lang}/sections/{path}/feed.json", { params: { path } }));
  ok(await desk.GET("/feeds/{lang}/rss.xml", { params: { path: feed }, parseAs: "text" }));
  ok(await desk.GET("/feeds/{lang}/atom.xml", { params: { path: feed }, parseAs: "text" }));
  const items = ok(await desk.GET("/feeds/{lang}/feed.json", { params: { path: feed } })).items;
  assert.ok(first(items, "items").title);
  for (const file of ["/metrics", "/sitemap.xml", "/sitemap-news.xml"] as const) ok(await desk.GET(file, { parseAs: "text" }));
  ok(await desk.GET("/sitemaps/{lang}-{number}.xml", { params: { path: { lang: "en", number: 1 } }, parseAs: "text" }));
  assert.equal(ok(await desk.GET("/health/live")).status, "ok");
  assert.equal(ok(await desk.GET("/health/ready")).status, "ok");
}

async function readsFiles(id: string): Promise<void> {
  ok(await desk.GET("/api/media"));
  const path = { id };
  const original: Blob = ok(await desk.GET("/api/media/{id}/original", { params: { path }, parseAs: "blob" }));
  assert.ok(original.size > 0);
  const deadline = Date.now() + 30_000;
  for (;;) {
    const medium = ok(await desk.GET("/api/media/{id}", { params: { path } })).data;
    const rendition = medium.renditions[0];
    if (rendition) {
      const name = rendition.url.split("/").at(-1) ?? "";
      const bytes: ArrayBuffer = ok(await desk.GET("/media/{name}", { params: { path: { name } }, parseAs: "arrayBuffer" }));
      assert.ok(bytes.byteLength > 0);
      return;
    }
    assert.ok(Date.now() < deadline, "no rendition was made");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Every read that the document has was called. */
async function leavesNothingOut(): Promise<number> {
  const document = ok(await desk.GET("/openapi.json"));
  const reads = Object.entries(document["paths"] ?? {}).filter(([, item]) => "get" in Object(item));
  const asked = [...called];
  const missing = reads.filter(([path]) => {
    const pattern = path.replace(/[.]/g, "[.]").replace(/\{\w+\}/g, ".+");
    return !asked.some((one) => new RegExp(`^GET ${pattern}$`).test(one));
  });
  assert.deepEqual(missing.map(([path]) => path), [], "these reads were not called");
  return reads.length;
}

const picture = new FormData();
picture.set("file", new Blob([new Uint8Array(await readFile(setting("MASTHEAD_PICTURE")))], { type: "image/png" }), "a.png");

await readsAsThePublic();
await pagesThroughArticles();
await sendsArrays();
await readsEverything(await writesOneOfEach());
console.log(`the TypeScript client called ${await leavesNothingOut()} reads, a write of each kind and a bulk`);

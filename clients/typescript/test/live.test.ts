import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { allOf, alternates, articlesWith, createMasthead, done, items, type Masthead, MastheadError, ok, picture, uploadMedium, verifyWebhook, type WebhookMessage } from "../src/index.js";
import { type Demo, serveDemo } from "./server.js";

const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGNQcEgAIgYIBQAUDgMB2CbWGAAAAABJRU5ErkJggg==";
let demo: Demo;
let reader: Masthead;
let desk: Masthead;

before(async () => {
  demo = await serveDemo();
  reader = createMasthead({ baseUrl: `${demo.url}/` });
  desk = createMasthead({ baseUrl: demo.url, key: demo.key });
});

after(() => demo?.stop());

test("lists are read page by page, with the fields that were asked for", async () => {
  const seen: string[] = [];
  for await (const article of items((page) => articlesWith(reader, ["title", "url"], { lang: "fr,en", limit: 7, ...page }))) {
    assert.deepEqual(Object.keys(article).sort(), ["id", "lang", "title", "url"]);
    seen.push(article.title);
  }
  const { meta } = await ok(reader.GET("/api/articles", { params: { query: { lang: "fr,en", count: "exact" } } }));
  assert.equal(seen.length, meta.total);
  const tags: string[] = [];
  for await (const tag of items((page) => reader.GET("/api/tags", { params: { query: { limit: 5, ...page } } }))) tags.push(tag.slug);
  assert.equal(new Set(tags).size, tags.length);
  assert.ok(tags.length > 5);
});

test("a list in a query means any of its values, with `allOf` all of them", async () => {
  const query = { lang: "en", tag: ["archives", "libraries"], count: "exact" as const };
  const any = await ok(reader.GET("/api/articles", { params: { query } }));
  const all = await ok(reader.GET("/api/articles", { params: { query }, querySerializer: allOf }));
  assert.equal(all.meta.total, 2);
  assert.ok((any.meta.total ?? 0) > 2);
});

test("paths of sections and slugs in any script are ids", async () => {
  const section = await ok(reader.GET("/api/sections/{id}", { params: { path: { id: "international/events" }, query: { lang: "en" } } }));
  assert.equal(section.data.name, "EVENTS");
  const { data } = await ok(reader.GET("/api/articles/{id}", { params: { path: { id: "小型档案馆议定共同抢救次序" }, query: { lang: "zh" } } }));
  const languages = alternates(data, "en").map((link) => link.hreflang);
  assert.deepEqual(languages, ["en", "fr", "zh", "x-default"]);
});

test("an old slug leads to its article, and a withdrawn one says why", async () => {
  const moved = reader.GET("/api/articles/{id}", { params: { path: { id: "rescue-list-for-small-archives" } } });
  assert.equal((await ok(moved)).data.slug, "small-archives-agree-on-what-to-save-first");
  const gone = reader.GET("/api/articles/{id}", { params: { path: { id: "the-letters-in-the-biscuit-tin" } } });
  await assert.rejects(ok(gone), (error) => {
    assert.ok(error instanceof MastheadError);
    assert.equal(error.status, 410);
    assert.equal(error.code, "withdrawn");
    assert.equal(error.problem?.reason, "legal");
    return true;
  });
});

test("search answers hits with highlights, facets and a spelling", async () => {
  const query = { q: "archive", lang: "en", highlight: true, facets: ["section" as const], limit: 3 };
  const { data, meta } = await ok(reader.GET("/api/search", { params: { query } }));
  assert.ok(data[0] && data[0].score > 0 && data[0].highlights);
  assert.ok(meta.facets?.["section"]?.[0]?.count);
  const slip = await ok(reader.GET("/api/search", { params: { query: { q: "archivst" } } }));
  assert.equal(slip.meta.did_you_mean, "archivist");
});

test("an article is written, illustrated, previewed, published and taken away", async () => {
  const file = new Blob([Buffer.from(DOT, "base64")], { type: "image/png" });
  const medium = await uploadMedium(desk, { file, name: "dot.png", alt: { en: "A dot" }, focalPoint: { x: 0.5, y: 0.5 } });
  assert.deepEqual(medium.alt, { en: "A dot" });
  const deadline = Date.now() + 20_000;
  const path = { id: medium.id };
  while ((await ok(desk.GET("/api/media/{id}", { params: { path } }))).data.state !== "ready") assert.ok(Date.now() < deadline);

  const draft = await ok(desk.POST("/api/articles", { body: { lang: "en", title: "Dots", media: [{ id: medium.id }] } }));
  const of = { path: { id: draft.data.id } };
  const preview = await ok(desk.POST("/api/articles/{id}/preview", { params: of, body: {} }));
  const shown = await ok(reader.GET("/api/articles/{id}", { params: { ...of, query: { preview: preview.data.token } } }));
  assert.equal(shown.data.status, "draft");
  const [illustration] = shown.data.media;
  assert.ok(illustration);
  assert.match(picture(illustration, "100vw").sources[0]?.srcset ?? "", /\.webp\S* \d+w/);

  const stale = desk.PATCH("/api/articles/{id}", { params: { ...of, header: { "If-Match": '"v9"' } }, body: { summary: "Round." } });
  await assert.rejects(ok(stale), (error) => error instanceof MastheadError && error.code === "precondition_failed");
  const header = { "If-Match": `"v${draft.data.version}"` };
  await ok(desk.PATCH("/api/articles/{id}", { params: { ...of, header }, body: { summary: "Round." } }));
  const live = await ok(desk.POST("/api/articles/{id}/publish", { params: of, body: {} }));
  assert.equal(live.data.status, "published");
  await done(desk.DELETE("/api/articles/{id}", { params: { ...of, header: { "If-Match": "*" } } }));
  await assert.rejects(ok(reader.GET("/api/articles/{id}", { params: of })), (error) => error instanceof MastheadError && error.status === 410);
});

test("messages of the service are verified, also while its secret is exchanged", async () => {
  const received: { headers: Record<string, string | string[] | undefined>; body: string }[] = [];
  const server = createServer(async (request, answer) => {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += String(part);
    received.push({ headers: request.headers, body });
    answer.writeHead(204).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const url = `http://127.0.0.1:${address.port}/hook`;
  const made = await ok(desk.POST("/api/webhooks", { body: { name: "Ours", url, include_article: true } }));
  const path = { id: made.data.id };
  await ok(desk.POST("/api/articles", { body: { lang: "en", title: "Told at once", status: "published" } }));
  const rotated = await ok(desk.POST("/api/webhooks/{id}/rotate", { params: { path } }));
  await ok(desk.POST("/api/webhooks/{id}/test", { params: { path } }));
  const deadline = Date.now() + 20_000;
  while (received.length < 2) {
    assert.ok(Date.now() < deadline, `${received.length} messages came`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  server.close();
  const [old, renewed] = [made.data.secret, rotated.data.secret];
  assert.ok(old && renewed);
  const messages: WebhookMessage[] = [];
  for (const request of received) messages.push(await verifyWebhook({ ...request, secret: [renewed, old] }));
  const published = messages.find((message) => message.type === "article.published");
  assert.ok(published?.type === "article.published");
  assert.equal(published.data.article?.title, "Told at once");
  const tested = received[messages.findIndex((message) => message.type === "test")];
  assert.ok(tested);
  for (const secret of [old, renewed]) assert.equal((await verifyWebhook({ ...tested, secret })).type, "test");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { alternates, items, objectPosition, pages, picture } from "../src/index.js";

const page = (data: number[], next_cursor: string | null) => ({
  data: { data, meta: { has_more: next_cursor !== null, next_cursor } }, response: new Response(),
});

test("rows come over all pages, each page asked for with the cursor of the one before", async () => {
  const asked: (string | undefined)[] = [];
  const seen: number[] = [];
  for await (const row of items(async ({ cursor }) => {
    asked.push(cursor);
    return cursor === undefined ? page([1, 2], "a") : cursor === "a" ? page([], "b") : page([3], null);
  })) seen.push(row);
  assert.deepEqual(seen, [1, 2, 3]);
  assert.deepEqual(asked, [undefined, "a", "b"]);
});

test("pages begin where they are told to, and stop where nobody reads on", async () => {
  let calls = 0;
  for await (const { data } of pages(async ({ cursor }) => {
    calls += 1;
    return page([cursor === "x" ? 1 : 2], "y");
  }, "x")) {
    assert.deepEqual(data, [1]);
    break;
  }
  assert.equal(calls, 1);
});

test("a page that leads to itself is an error, not a circle", async () => {
  await assert.rejects(async () => {
    for await (const _ of items(async () => page([1], "a"))) continue;
  }, /leads to itself/);
});

test("an uploaded picture has sources, and one known by its address has none", () => {
  const srcset = { webp: "/a.webp 320w", jpeg: "/a.jpg 320w", png: null };
  const uploaded = { url: "/a.jpg", width: 320, height: 200, srcset, focal_point: { x: 0.4, y: 0.6666 } };
  assert.deepEqual(picture(uploaded, "100vw"), {
    sources: [{ type: "image/webp", srcset: "/a.webp 320w", sizes: "100vw" }],
    img: { src: "/a.jpg", srcset: "/a.jpg 320w", sizes: "100vw", width: 320, height: 200 },
  });
  assert.equal(objectPosition(uploaded), "40% 66.7%");
  assert.deepEqual(picture({ url: "https://a.example/b.jpg" }), { sources: [], img: { src: "https://a.example/b.jpg" } });
  const transparent = { ...uploaded, srcset: { webp: null, jpeg: null, png: "/a.png 320w" } };
  assert.equal(picture(transparent).img.srcset, "/a.png 320w");
  assert.equal(picture({ ...uploaded, srcset: { webp: null, jpeg: null, png: null } }).img.srcset, undefined);
});

test("every page of a work names the same languages", () => {
  const fr = { lang: "fr", url: "https://f.example/fr" };
  const en = { lang: "en", url: "https://e.example/en" };
  const links = [{ hreflang: "en", href: en.url }, { hreflang: "fr", href: fr.url }, { hreflang: "x-default", href: en.url }];
  assert.deepEqual(alternates({ ...fr, translations: [en] }, "en"), links);
  assert.deepEqual(alternates({ ...en, translations: [fr] }, "en"), links);
  assert.deepEqual(alternates({ ...en, translations: [fr] }, "de"), links.slice(0, 2));
  assert.deepEqual(alternates({ ...en, translations: [] }, "en"), []);
  const moved = alternates({ ...en, translations: [fr] }, undefined, (url, lang) => `${lang}:${new URL(url).pathname}`);
  assert.deepEqual(moved.map((link) => link.href), ["en:/en", "fr:/fr"]);
});

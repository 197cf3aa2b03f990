// Makes a served demo the content of this site: npm run setup, with MASTHEAD_URL, MASTHEAD_KEY (an admin's) and SITE_URL set.
//
// The editions say that their pages are here, so that feeds, sitemaps and structured data link to them; and stories of the demo,
// whose pictures are nowhere, get drawn ones. It can be run again.
import { createMasthead, items, ok, uploadMedium } from "masthead-client";
import { drawHills } from "./draw.mjs";

const PICTURES = Number(process.env.PICTURES ?? 9);
const { MASTHEAD_URL = "http://localhost:8080", MASTHEAD_KEY, SITE_URL = "http://localhost:4321" } = process.env;
if (!MASTHEAD_KEY) throw new Error("set MASTHEAD_KEY to the key that `masthead serve --demo` printed");
const client = createMasthead({ baseUrl: MASTHEAD_URL, key: MASTHEAD_KEY });
const header = { "If-Match": "*" };

const templates = {
  url_template: `${SITE_URL}/{lang}/{section_path}/{slug}`,
  section_url_template: `${SITE_URL}/{lang}/{section_path}`,
  author_url_template: `${SITE_URL}/{lang}/authors/{slug}`,
  tag_url_template: `${SITE_URL}/{lang}/tags/{slug}`,
  preview_url_template: `${SITE_URL}/{lang}/preview/{id}?token={token}`,
};
for await (const { lang } of items((page) => client.GET("/api/editions", { params: { query: { ...page } } }))) {
  await ok(client.PATCH("/api/editions/{lang}", { params: { path: { lang }, header }, body: templates }));
}

const words = {
  alt: { en: "Hills in mist under a low sun", fr: "Des collines dans la brume, sous un soleil bas", zh: "低悬的太阳下，薄雾中的山丘" },
  credit: { en: "Drawn for the demo", fr: "Dessin pour la démonstration", zh: "演示用图" },
};

/** Waits until the renditions of an upload are made. */
async function rendered(id) {
  const deadline = Date.now() + 120_000;
  while ((await ok(client.GET("/api/media/{id}", { params: { path: { id } } }))).data.state === "pending") {
    if (Date.now() > deadline) throw new Error(`${id}: its renditions are not made`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const media = [];
for (let number = 0; number < PICTURES; number += 1) {
  const file = new Blob([drawHills(number)], { type: "image/png" });
  media.push(await uploadMedium(client, { ...words, file, name: `hills-${number}.png`, focalPoint: { x: 0.5, y: 0.45 } }));
}
await Promise.all(media.map(({ id }) => rendered(id)));

// Each work once; its translations show the same picture.
let number = 0;
for await (const story of items((page) => client.GET("/api/articles", { params: { query: { lang: "en,fr,zh", ...page } } }))) {
  const medium = media[number % media.length];
  if (!medium) break;
  number += 1;
  for (const id of [story.id, ...story.translations.map((one) => one.id)]) {
    await ok(client.PATCH("/api/articles/{id}", { params: { path: { id }, header }, body: { media: [{ id: medium.id }] } }));
  }
}
console.log(`the pages of the demo are at ${SITE_URL}; ${number} stories have pictures`);

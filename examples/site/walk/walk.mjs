// Walks the site in Chromium at two sizes, as readers and editors do: walk.mjs CHROMIUM FOLDER, with SITE_URL, MASTHEAD_URL and
// MASTHEAD_KEY set. axe-core must find nothing serious on any page. Pictures of the pages go into FOLDER.
import assert from "node:assert/strict";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { createMasthead, ok } from "masthead-client";
import { chromium } from "playwright-core";

const [executablePath, folder] = process.argv.slice(2);
const { SITE_URL, MASTHEAD_URL, MASTHEAD_KEY } = process.env;
const desk = createMasthead({ baseUrl: MASTHEAD_URL, key: MASTHEAD_KEY });

// Chromium cannot use its sandbox as root; without the other switches it calls its maker's servers.
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const SERIOUS = ["serious", "critical"];
let looked = 0;

/** Collects what a clean page does not do. */
function watch(page) {
  const faults = [];
  page.on("request", (sent) => sent.url().startsWith(`${SITE_URL}/`) || faults.push(`request elsewhere: ${sent.url()}`));
  page.on("requestfailed", (sent) => {
    // A picture that is still on its way when a link is followed is given up.
    const why = sent.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") faults.push(`request failed: ${sent.url()} ${why}`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error}`));
  page.on("console", (said) => {
    // Chromium tells of each page that is missing by design.
    if (said.type() === "error" && !/status of 4(04|10)/.test(said.text())) faults.push(`console: ${said.text()}`);
  });
  return faults;
}

/** Opens a path; its status must be this one. */
async function open(page, path, status = 200) {
  const answer = await page.goto(new URL(path, SITE_URL).href);
  assert.equal(answer.status(), status, path);
  return answer;
}

/** Everything that must hold on each page. */
async function look(page, name) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => SERIOUS.includes(impact));
  const told = serious.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html).join("\n  ")}`);
  assert.deepEqual(told, [], `${name} at ${page.url()}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} pixels too wide`);
  assert.equal(await page.locator("h1").count(), 1, `${name} has one heading`);
  assert.ok(await page.title(), name);
  looked += 1;
}

async function picture(page, name) {
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: "jpeg", quality: 82 });
}

const attributes = (page, selector, name) => page.locator(selector).evaluateAll((found, name) => found.map((one) => one.getAttribute(name)), name);

async function readsTheFrontPage(page, size) {
  await open(page, "/en");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "#text", "the first stop of the keyboard skips the menu");
  await page.evaluate(() => document.activeElement.blur());
  await shows(page, ".lead img");
  await look(page, "the front page");
  await picture(page, `home-${size}`);
  assert.deepEqual((await attributes(page, 'link[rel="alternate"][hreflang]', "hreflang")).sort(), ["en", "fr", "x-default", "zh"]);
  await page.locator('.pager a[rel="next"]').click();
  assert.ok(await page.locator(".teaser").count(), "older stories");
  assert.equal(await page.locator(".lead").count(), 0);
}

/** The picture is there, by a rendition that fits. */
async function shows(page, selector) {
  const image = page.locator(selector).first();
  await image.scrollIntoViewIfNeeded();
  await page.waitForFunction((one) => one.complete, await image.elementHandle());
  const { natural, source } = await image.evaluate((one) => ({ natural: one.naturalWidth, source: one.currentSrc }));
  assert.ok(natural > 0, `${selector}: ${source} shows nothing`);
  assert.match(source, /-w\d+\.webp/, "a browser takes the WebP");
}

async function readsAnArticle(page, size) {
  await open(page, "/en");
  await page.locator(".menu a", { hasText: "INTERNATIONAL" }).click();
  await look(page, "a section");
  assert.equal(await page.locator(".menu a[aria-current]").innerText(), "INTERNATIONAL");
  await page.locator(".headline a", { hasText: "Small archives agree" }).click();
  await shows(page, ".hero img");
  await look(page, "an article");
  await picture(page, `article-${size}`);
  assert.deepEqual((await attributes(page, 'link[rel="alternate"][hreflang]', "hreflang")).sort(), ["en", "fr", "x-default", "zh"]);
  assert.equal((await attributes(page, 'link[rel="canonical"]', "href"))[0], page.url());
  const structured = JSON.parse(await page.locator('script[type="application/ld+json"]').textContent());
  assert.equal(structured["@type"], "NewsArticle");
  assert.equal(structured.headline, await page.locator("h1").innerText());
  assert.equal(structured.url ?? structured.mainEntityOfPage, page.url());
}

async function changesTheLanguage(page, size) {
  const crumbs = [];
  for (const lang of ["fr", "zh", "en"]) {
    await page.locator(`.languages a[hreflang="${lang}"]`).click();
    assert.equal(await page.locator("html").getAttribute("lang"), lang);
    assert.equal(await page.locator(".article").count(), 1, `the article is there in ${lang}`);
    crumbs.push(await page.locator(".crumbs li").first().innerText());
    await look(page, `the article in ${lang}`);
    if (lang === "fr") await picture(page, `french-${size}`);
  }
  assert.deepEqual(crumbs, ["ACCUEIL", "首页", "HOME"]);
}

async function followsAuthorsAndTags(page) {
  const name = await page.locator('a[rel="author"]').first().innerText();
  await page.locator('a[rel="author"]').first().click();
  assert.equal(await page.locator("h1").innerText(), name);
  await look(page, "an author");
  await page.locator(".headline a").first().click();
  await page.locator('a[rel="tag"]').first().click();
  assert.ok(await page.locator(".teaser").count());
  await look(page, "a tag");
}

async function searches(page, size) {
  await open(page, "/en");
  await page.locator(".find input").fill("archive");
  await page.keyboard.press("Enter");
  await page.locator(".hit mark").first().waitFor();
  await look(page, "the search");
  await picture(page, `search-${size}`);
  const count = Number((await page.locator(".facets .count").first().innerText()).trim());
  await page.locator(".facets a:has(.count)").first().click();
  assert.equal(await page.locator('[role="status"]').innerText(), count === 1 ? "1 article" : `${count} articles`, "a facet finds what it counts");
  await open(page, "/en/search?q=archivst");
  await page.locator(".list-head p a").click();
  assert.match(page.url(), /q=archivist/);
  await open(page, `/zh/search?q=${encodeURIComponent("檔案館")}`);
  assert.ok(await page.locator(".hit").count(), "traditional characters find simplified ones");
  await open(page, `/en/search?q=${encodeURIComponent('<script>"(')}`);
  await look(page, "a search for nothing");
}

async function meetsWhatIsNotThere(page, size) {
  await open(page, "/en/no/such-page", 404);
  await look(page, "a missing page");
  await open(page, "/no-such-page", 404);
  await open(page, "/en/ideas/the-letters-in-the-biscuit-tin", 410);
  await look(page, "a withdrawn article");
  await picture(page, `withdrawn-${size}`);
  const old = await fetch(new URL("/en/international/events/forums/rescue-list-for-small-archives", SITE_URL), { redirect: "manual" });
  assert.equal(old.status, 308);
  assert.ok(old.headers.get("location").endsWith("/small-archives-agree-on-what-to-save-first"));
  const front = await fetch(SITE_URL, { redirect: "manual", headers: { "accept-language": "fr-CH, en;q=0.8" } });
  assert.deepEqual([front.status, front.headers.get("location"), front.headers.get("vary")], [302, "/fr", "Accept-Language"]);
}

async function previews(page, size) {
  const draft = await ok(desk.POST("/api/articles", { body: { lang: "en", title: "The lamps are lit at nine", section: "society", body: { format: "markdown", content: "Bring a *coat*." } } }));
  const { url } = (await ok(desk.POST("/api/articles/{id}/preview", { params: { path: { id: draft.data.id } }, body: {} }))).data;
  assert.ok(url.startsWith(`${SITE_URL}/en/preview/`), url);
  const answer = await open(page, url);
  assert.equal(answer.headers()["cache-control"], "private, no-store");
  assert.equal(answer.headers()["x-robots-tag"], "noindex");
  assert.match(await page.locator(".preview").innerText(), /preview/);
  await look(page, "a preview");
  await picture(page, `preview-${size}`);
  await open(page, `${url}x`, 404);
  await open(page, `/en/society/${draft.data.slug}`, 404);
}

/** Feeds and sitemaps stand under the site's address, and every link in them leads to a page. */
async function readsAsMachinesDo() {
  const feed = await (await fetch(`${SITE_URL}/feeds/en/feed.json?limit=5`)).json();
  assert.equal(feed.items.length, 5);
  assert.ok(feed.feed_url.startsWith(`${SITE_URL}/`), feed.feed_url);
  const index = await (await fetch(`${SITE_URL}/sitemap.xml`)).text();
  const sitemaps = [...index.matchAll(/<loc>(.*?)<\/loc>/g)].map((found) => found[1]);
  assert.ok(sitemaps.length >= 3 && sitemaps.every((one) => one.startsWith(`${SITE_URL}/`)), index);
  let pages = 0;
  for (const sitemap of sitemaps) {
    const text = await (await fetch(sitemap)).text();
    for (const [, address] of text.matchAll(/<loc>(.*?)<\/loc>/g)) {
      const answer = await fetch(address, { redirect: "manual" });
      assert.equal(answer.status, 200, address);
      await answer.text();
      pages += 1;
    }
  }
  const atom = await fetch(`${SITE_URL}/feeds/fr/atom.xml`);
  const again = await fetch(atom.url, { headers: { "if-none-match": atom.headers.get("etag") } });
  assert.equal(again.status, 304);
  assert.match(await (await fetch(`${SITE_URL}/robots.txt`)).text(), /Sitemap: http/);
  return pages;
}

const browser = await chromium.launch({ executablePath, args });
try {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const context = await browser.newContext({ viewport, isMobile: size === "phone", deviceScaleFactor: size === "phone" ? 2 : 1 });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const faults = watch(page);
    await readsTheFrontPage(page, size);
    await readsAnArticle(page, size);
    await changesTheLanguage(page, size);
    await followsAuthorsAndTags(page);
    await searches(page, size);
    await meetsWhatIsNotThere(page, size);
    await previews(page, size);
    assert.deepEqual(faults, []);
    await context.close();
    console.log(`the site works at ${viewport.width} by ${viewport.height}`);
  }
  console.log(`axe-core found nothing serious on ${looked} pages; ${await readsAsMachinesDo()} pages of the sitemaps answer`);
} finally {
  await browser.close();
}

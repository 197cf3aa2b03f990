// Opens the interactive documentation in Chromium, filters it, follows its link to the roles and runs list_articles from
// it, on the bare origin and under a path prefix. Usage: browser.mjs CHROMIUM SCREENSHOT_FOLDER, with MASTHEAD_URL set.
import assert from "node:assert/strict";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { prefixProxy } from "./prefix_proxy.mjs";

const [executablePath, screenshots] = process.argv.slice(2);
const origin = process.env.MASTHEAD_URL;
const PREFIX = "/pub/masthead";

// Chromium cannot use its sandbox as root; without the other switches it calls its maker's servers.
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Records, and prints at once, everything on `page` that a clean page does not do; answers the growing list. */
async function watch(page, base) {
  const faults = [];
  const fault = (text) => {
    console.error(text);
    faults.push(text);
  };
  const inside = (url) => url === base || url.startsWith(`${base}/`) || /^(data|blob):/.test(url);
  page.on("request", (sent) => inside(sent.url()) || fault(`request outside ${base}: ${sent.url()}`));
  page.on("requestfailed", (sent) => fault(`request failed: ${sent.url()}`));
  page.on("response", (got) => got.status() < 400 || fault(`${got.status()}: ${got.url()}`));
  page.on("console", (said) => {
    if (said.type() === "error") fault(`console: ${said.text()} (${said.location().url})`);
  });
  page.on("pageerror", (error) => fault(`uncaught: ${error}`));
  await page.exposeFunction("reportViolation", (text) => fault(`content security policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.reportViolation(`${event.violatedDirective} refused ${event.blockedURI}`);
    });
  });
  return faults;
}

/** Expands list_articles, executes it, and answers the status, address and body it shows. */
async function executeListArticles(page) {
  const block = page.locator('.opblock[id$="-list_articles"]');
  await block.locator(".opblock-summary-control").click();
  const execute = block.locator("button.execute");
  const tryOut = block.locator("button.try-out__btn");
  await execute.or(tryOut).first().waitFor();
  if (!(await execute.isVisible())) await tryOut.click();
  await execute.click();
  const live = block.locator(".live-responses-table .response").first();
  const status = await live.locator(".response-col_status").innerText();
  const address = await block.locator(".request-url pre").innerText();
  const body = await live.locator(".highlight-code").first().innerText();
  return { status, address, body };
}

/** The first operation needs no scrolling, and the filter box finds an operation by words of its path and summary. */
async function findOperations(page) {
  const first = page.locator(".opblock").first();
  await first.waitFor();
  const { y, height } = await first.boundingBox();
  assert.ok(y + height <= page.viewportSize().height, `the first operation is at ${y}`);
  const filter = page.locator(".operation-filter-input");
  await filter.fill("revisions compare");
  await page.locator(".opblock").nth(1).waitFor({ state: "detached" });
  assert.match(await first.getAttribute("id"), /-get_revision_diff$/);
  await filter.fill("");
  await page.locator('.opblock[id$="-list_articles"]').waitFor();
}

/** The table of roles is on a page of its own. */
async function readRoles(page, base) {
  const href = await page.locator(".info a", { hasText: "roles" }).first().evaluate((link) => link.href);
  assert.equal(href, `${base}/docs/roles`);
  await page.goto(href);
  await page.locator("td", { hasText: "own drafts" }).first().waitFor();
}

async function tryDocs(browser, base, screenshot) {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  const faults = await watch(page, base);
  await page.goto(`${base}/docs`);
  await findOperations(page);
  const shown = await executeListArticles(page);
  await page.screenshot({ path: join(screenshots, screenshot), fullPage: true });
  await readRoles(page, base);
  await page.close();
  assert.match(shown.status, /^200\b/, `the live response shows ${shown.status}`);
  assert.ok(shown.address.startsWith(`${base}/api/articles`), `the request went to ${shown.address}`);
  assert.match(shown.body, /"title"/, "the live response shows no article");
  assert.deepEqual(faults, []);
}

const proxy = await prefixProxy(origin, PREFIX);
const browser = await chromium.launch({ executablePath, args });
try {
  await tryDocs(browser, origin, "docs.png");
  console.log("the documentation works on the bare origin");
  await tryDocs(browser, proxy.url, "docs-prefix.png");
  console.log(`the documentation works under ${PREFIX}`);

  const { links } = await (await fetch(`${proxy.url}/api/articles?limit=1`)).json();
  for (const link of [links.self, links.next]) {
    assert.ok(link.startsWith(`${PREFIX}/api/articles`), `a link leaves the prefix: ${link}`);
  }
  console.log(`links stay under ${PREFIX}`);
} finally {
  await browser.close();
  proxy.close();
}

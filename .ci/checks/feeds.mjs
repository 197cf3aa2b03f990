// Reads the first page of every edition's RSS and Atom feed with rss-parser: titles, links, dates and identities are the API's.
import assert from "node:assert/strict";
import Parser from "rss-parser";

const url = process.env["MASTHEAD_URL"];
const parser = new Parser();
const json = async (path) => (await fetch(url + path)).json();

let items = 0;
for (const { lang } of (await json("/api/editions")).data) {
  const articles = (await json(`/api/articles?lang=${lang}&limit=100`)).data;
  for (const file of ["rss.xml", "atom.xml"]) {
    const feed = await parser.parseURL(`${url}/feeds/${lang}/${file}?limit=100`);
    assert.equal(feed.items.length, articles.length, `${lang} ${file}`);
    feed.items.forEach((item, n) => {
      const article = articles[n];
      assert.equal(item.title, article.title);
      assert.equal(item.guid ?? item.id, `urn:uuid:${article.id}`);
      // RSS has no parts of a second.
      const seconds = (time) => Math.floor(new Date(time).getTime() / 1000);
      assert.equal(seconds(item.isoDate), seconds(article.published_at));
      assert.equal(item.link, article.url);
      items += 1;
    });
  }
}
assert.ok(items > 0, "no items");
console.log(`rss-parser read ${items} items`);

"""Walks the sitemaps as a crawler does: each document fits its public schema, every published article is listed once with
its true last change, and its languages point back at each other. What is published now is in the news sitemap."""

import json
import os
import pathlib
import sys
import urllib.request

from lxml import etree

URL, SCHEMAS = sys.argv[1], pathlib.Path(sys.argv[2])
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"

NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"

# Titles that a document of XML has to be careful with.
TITLES = [
    "<script>alert(1)</script> & \"double\" 'single' ]]> &amp; &#0;",
    "中国 <SRD> 你好 \U0001f4f0 \u202eabc",
    "<![CDATA[x]]> <!-- y --> <?xml version='1.0'?> ${7*7} %00",
    "\ufeffÄ e\u0301 \ufdfd \t tab \u2028 line",
]

# The sitemap schema takes elements of other schemas only where those are declared.
XHTML_LINK = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xhtml">
  <xs:element name="link"><xs:complexType>
    <xs:attribute name="rel" fixed="alternate" use="required"/>
    <xs:attribute name="hreflang" type="xs:language" use="required"/>
    <xs:attribute name="href" type="xs:anyURI" use="required"/>
  </xs:complexType></xs:element>
</xs:schema>"""


def get(url):
    with urllib.request.urlopen(url) as answer:
        assert answer.headers.get_content_type() == "text/xml", url
        return answer.read()


def schema(folder, *names):
    """One schema of several public files, and of the declaration of links."""
    (folder / "xhtml-link.xsd").write_text(XHTML_LINK)
    imports = {
        "sitemap.xsd": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "siteindex.xsd": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "sitemap-news.xsd": "http://www.google.com/schemas/sitemap-news/0.9",
    }
    lines = [f'<xs:import namespace="{imports[n]}" schemaLocation="{(SCHEMAS / n).as_uri()}"/>' for n in names]
    lines.append('<xs:import namespace="http://www.w3.org/1999/xhtml" schemaLocation="xhtml-link.xsd"/>')
    text = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">' + "".join(lines) + "</xs:schema>"
    (folder / "all.xsd").write_text(text)
    return etree.XMLSchema(etree.parse(str(folder / "all.xsd")))


def checked(url, validator):
    body = get(url)
    assert len(body) <= 50 * 1024 * 1024, url
    document = etree.fromstring(body)
    if validator is not None and not validator.validate(document):
        raise AssertionError(f"{url}: {validator.error_log}")
    return document


def published():
    found, path = {}, "/api/articles?limit=100"
    while path:
        page = json.loads(urllib.request.urlopen(URL + path).read())
        found.update({one["id"]: one for one in page["data"]})
        path = page["links"]["next"]
    return found


def publish(title):
    lang = json.loads(urllib.request.urlopen(URL + "/api/editions").read())["data"][0]["lang"]
    content = json.dumps({"lang": lang, "title": title, "status": "published"}).encode()
    headers = {"Authorization": f"Bearer {os.environ['MASTHEAD_KEY']}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(URL + "/api/articles", content, headers)) as answer:
        assert answer.status == 201, title
        return json.loads(answer.read())["data"]["title"]


def main():
    folder = pathlib.Path(sys.argv[3])
    news = [publish(title) for title in TITLES]
    has_schemas = SCHEMAS.is_dir()
    if not has_schemas:
        print(f"**** NOT CHECKED: the sitemap schemas are not in {SCHEMAS} ****")
    index_schema = schema(folder, "siteindex.xsd") if has_schemas else None
    map_schema = schema(folder, "sitemap.xsd") if has_schemas else None
    index = checked(f"{URL}/sitemap.xml", index_schema)
    pages, links = {}, {}
    for entry in index:
        children = checked(entry.findtext(f"{MAP}loc"), map_schema)
        assert 0 < len(children) <= 50_000
        assert entry.findtext(f"{MAP}lastmod") == max(child.findtext(f"{MAP}lastmod") for child in children)
        for child in children:
            url = child.findtext(f"{MAP}loc")
            assert url not in pages, url
            pages[url] = child.findtext(f"{MAP}lastmod")
            links[url] = {link.get("href") for link in child.iter(f"{XHTML}link")}
    articles = published()
    assert len(pages) == len(articles), (len(pages), len(articles))
    assert sorted(pages.values()) == sorted(one["updated_at"] for one in articles.values())
    for url, others in links.items():
        assert not others or url in others, url
        assert all(links[other] == others for other in others), url
    listed = check_news(schema(folder, "sitemap.xsd", "sitemap-news.xsd") if has_schemas else None, news)
    print(f"sitemaps list {len(pages)} pages once each, {sum(map(bool, links.values()))} with languages; {listed} are news")


def check_news(validator, titles):
    document = checked(f"{URL}/sitemap-news.xml", validator)
    found = [title.text for title in document.iter(f"{NEWS}title")]
    assert 0 < len(document) == len(found) <= 1_000
    missing = set(titles) - set(found)
    assert not missing, missing
    return len(found)


if __name__ == "__main__":
    main()

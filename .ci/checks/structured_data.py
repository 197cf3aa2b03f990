"""Checks articles as structured data: ninjs against IPTC's schema, JSON-LD expanded with a real processor and schema.org's
own context, whose terms must know every property that we write."""

import json
import pathlib
import sys
import urllib.request

import jsonschema
from pyld import jsonld

URL, SCHEMAS = sys.argv[1], pathlib.Path(sys.argv[2])
TYPES = {"jsonld": "application/ld+json", "ninjs": "application/vnd.iptc.ninjs+json"}


def get(path, form):
    request = urllib.request.Request(URL + path, headers={"Accept": TYPES[form]})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers.get_content_type() == TYPES[form], path
        assert "Accept" in [name.strip() for name in answer.headers["Vary"].split(",")], path
        return json.loads(answer.read()), answer.headers.get("Link")


def vocabulary():
    """Every property and class that schema.org defines."""
    graph = json.loads((SCHEMAS / "schemaorg-all-https.jsonld").read_text())["@graph"]
    return {node["@id"].removeprefix("schema:") for node in graph}


def names_in(node):
    """Every property and type in a JSON-LD document."""
    if isinstance(node, list):
        for item in node:
            yield from names_in(item)
    elif isinstance(node, dict):
        for name, value in node.items():
            if not name.startswith("@"):
                yield name
            elif name == "@type":
                yield value
            yield from names_in(value)


def expand(document, context):
    def loader(url, _options):
        assert url.startswith("https://schema.org"), url
        return {"contextUrl": None, "documentUrl": url, "document": context}

    (expanded,) = jsonld.expand(document, {"documentLoader": loader})
    return expanded


def check_jsonld(document, context, known):
    unknown = set(names_in(document)) - known
    assert not unknown, unknown
    expanded = expand(document, context)
    assert expanded["@type"] in (["http://schema.org/NewsArticle"], ["https://schema.org/NewsArticle"]), expanded["@type"]
    prefix = expanded["@type"][0].removesuffix("NewsArticle")
    for name in ["headline", "author", "publisher", "isPartOf", "inLanguage", "datePublished", "dateModified", "articleBody"]:
        assert expanded.get(prefix + name), (document["url"], name)
    breadcrumb = document["mainEntityOfPage"]["breadcrumb"]
    assert breadcrumb["@type"] == "BreadcrumbList" and len(breadcrumb["itemListElement"]) >= 2, breadcrumb


def main():
    if not SCHEMAS.is_dir():
        print(f"**** NOT CHECKED: the schemas of ninjs and schema.org are not in {SCHEMAS} ****")
        return
    schema = json.loads((SCHEMAS / "ninjs-schema_3.1.json").read_text())
    ninjs = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    context = json.loads((SCHEMAS / "schemaorgcontext.jsonld").read_text())
    known = vocabulary()
    count, path = 0, "/api/articles?limit=50"
    while path:
        package, _ = get(path, "ninjs")
        ninjs.validate(package)
        listed, link = get(path, "jsonld")
        assert listed["numberOfItems"] == len(package["associations"]), path
        expand(listed, context)
        for item in package["associations"][:: 1 if count < 200 else 10]:
            one = "/api/articles/" + item["uri"].removeprefix("urn:uuid:")
            ninjs.validate(get(one, "ninjs")[0])
            check_jsonld(get(one, "jsonld")[0], context, known)
        count += listed["numberOfItems"]
        path = link.split("<")[1].split(">")[0] if link else None
    assert count > 10, count
    print(f"{count} articles are ninjs 3.1 and schema.org's NewsArticle")


if __name__ == "__main__":
    main()

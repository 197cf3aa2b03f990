"""Uses the client that openapi-python-client made of our document, as its documentation does.

Imports every module, calls every read, writes one resource of each kind, and sends a bulk.
"""

import importlib
import inspect
import json
import os
import pkgutil
import re
import urllib.parse

import masthead_client
import masthead_client.api
from masthead_client import AuthenticatedClient, Client, models, types

URL = os.environ["MASTHEAD_URL"]
KEY = os.environ["MASTHEAD_KEY"]
# It has no end that a client that reads whole answers could wait for.
ENDLESS = {"stream_changes"}


def modules():
    """Every module of the client, imported."""
    found = pkgutil.walk_packages(masthead_client.__path__, "masthead_client.")
    return {module.name: importlib.import_module(module.name) for module in found}


def commas(request):
    """Joins a repeated parameter, as docs/site.md shows it."""
    names = dict.fromkeys(name for name, _ in request.url.params.multi_items())
    params = {name: ",".join(request.url.params.get_list(name)) for name in names}
    request.url = request.url.copy_with(params=params)


COMMAS = {"event_hooks": {"request": [commas]}}


def call(client, operation, *args, status=200, **kwargs):
    """The parsed answer of an operation that must succeed."""
    response = operation.sync_detailed(*args, client=client, **kwargs)
    assert response.status_code == status, f"{operation.__name__}: {response.status_code} {response.content[:300]}"
    return response.parsed


class Reads:
    """Calls every read of the document, its path filled from the list above it, else from its examples."""

    def __init__(self, client, document, operations):
        self.client, self.document, self.operations = client, document, operations

    def raw(self, path):
        return self.client.get_httpx_client().get(path)

    def value(self, before, name, operation):
        rows = []
        if before == "/media/":
            media = self.raw("/api/media").json()["data"]
            urls = [rendition["url"] for medium in media for rendition in medium["renditions"]]
            return urls[0].rsplit("/", 1)[1]
        if before.startswith("/api/"):
            answer = self.raw(before.rstrip("/"))
            rows = answer.json().get("data", []) if answer.status_code == 200 else []
        if rows:
            return str(next(rows[0][key] for key in (name, "id", "version", "slug", "lang") if key in rows[0]))
        own = next(p for p in operation["parameters"] if p["name"] == name)
        return str(own.get("example", own["schema"].get("example", 1)))

    def arguments(self, path, operation):
        """The values of the path's parameters, by name."""
        found, filled = {}, path
        while hole := re.search(r"\{(\w+)\}", filled):
            value = self.value(filled[: hole.start()], hole[1], operation)
            found[hole[1]] = value
            filled = filled.replace(hole[0], urllib.parse.quote(value, safe=""), 1)
        return found

    def call_all(self):
        called = 0
        for path, item in self.document["paths"].items():
            operation = item.get("get")
            if operation is None or operation["operationId"] in ENDLESS:
                continue
            module = self.operations[operation["operationId"]]
            given = self.arguments(path, operation)
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query" and parameter.get("required"):
                    given[parameter["name"]] = parameter["example"]
            # The generator renames what would hide a name of its own.
            taken = inspect.signature(module.sync_detailed).parameters
            given = {name if name in taken else f"{name}_query": value for name, value in given.items()}
            numbers = {p["name"] for p in operation.get("parameters", []) if p["schema"].get("type") == "integer"}
            given = {name: int(value) if name in numbers else value for name, value in given.items()}
            positional = [
                given.pop(name) for name, p in inspect.signature(module.sync_detailed).parameters.items()
                if p.kind == p.POSITIONAL_OR_KEYWORD and name in given
            ]
            parsed = call(self.client, module, *positional, **given)
            assert parsed is not None, operation["operationId"]
            called += 1
        return called


def reads_articles(client, api):
    page = call(client, api["list_articles"], limit=2)
    assert len(page.data) == 2, page
    assert page.meta.limit == 2 and page.meta.has_more is True, page.meta
    first = page.data[0]
    assert first.title.strip() and first.authors[0].name, first
    article = call(client, api["get_article"], str(first.id)).data
    assert article.id == first.id and article.title == first.title, article
    assert article.status == models.Status.PUBLISHED, article.status

    following = call(client, api["list_articles"], limit=2, cursor=page.meta.next_cursor)
    assert {a.id for a in following.data}.isdisjoint(a.id for a in page.data), following
    both = ",".join(str(a.id) for a in page.data)
    chosen = call(client, api["list_articles"], id=[both])
    assert {a.id for a in chosen.data} == {a.id for a in page.data}, chosen


def sends_arrays(api):
    """One array of each kind, as the generator repeats them and joined by the hook."""
    plain, joined = Client(base_url=URL), Client(base_url=URL, httpx_args=COMMAS)
    include = models.ListArticlesIncludeItem
    parts = {"include": [include.BODY, include.RELATED], "limit": 2}
    rows = [call(client, api["list_articles"], **parts).data for client in (plain, joined)]
    assert rows[0] == rows[1] and all(row.body and row.related is not types.UNSET for row in rows[0]), rows
    facets = [models.SearchArticlesFacetsItem.TAG, models.SearchArticlesFacetsItem.YEAR]
    counted = [call(client, api["search_articles"], q="the", facets=facets).meta.facets.to_dict() for client in (plain, joined)]
    assert counted[0] == counted[1] and set(counted[0]) == {"tag", "year"}, counted
    tags = sorted({tag.slug for row in rows[0] for tag in row.tags})
    every, some = (call(client, api["list_articles"], tag=tags, count=models.ListArticlesCount.EXACT).meta.total for client in (plain, joined))
    assert every <= some and some >= 2, (tags, every, some)
    for filtered in (
        {"id": [str(row.id) for row in rows[0]]},
        {"section": [row.section.path for row in rows[0]]},
        {"source": ["the-watermark-review", "nobody"]},
    ):
        [(name, values)] = filtered.items()
        assert call(joined, api["list_articles"], **filtered) is not None
        refused = api["list_articles"].sync_detailed(client=plain, **filtered)
        error = refused.parsed.errors[0]
        instead = f"{name}={','.join(dict.fromkeys(values))}"
        assert refused.status_code == 400 and error.code == "repeated" and urllib.parse.unquote(error.detail).endswith(instead), refused
    desk = AuthenticatedClient(base_url=URL, token=KEY, httpx_args=COMMAS)
    status = [models.ListArticlesStatusItem.DRAFT, models.ListArticlesStatusItem.SCHEDULED]
    asked = api["list_articles"].sync_detailed(client=desk, status=status)
    assert asked.status_code == 200, asked


def answers_problems(client, api):
    missing = api["get_article"].sync_detailed("00000000-0000-7000-8000-000000000000", client=client)
    assert missing.status_code == 404, missing
    assert missing.parsed.status == 404 and missing.parsed.code, missing.parsed


def keeps_drafts_behind_the_key(api):
    drafts = {"status": [models.ListArticlesStatusItem.DRAFT]}
    statuses = [
        api["list_articles"].sync_detailed(client=client, **drafts).status_code
        for client in (Client(base_url=URL), AuthenticatedClient(base_url=URL, token=KEY))
    ]
    assert statuses == [401, 200], statuses


def writes_one_of_each(client, api):
    def create(noun, content):
        return call(client, api[f"create_{noun}"], body=content, status=201).data

    def update(noun, name, content):
        return call(client, api[f"update_{noun}"], name, body=content, if_match="*").data

    rights = models.RightsWrite(licence="CC-BY-4.0")
    source = create("source", models.SourceWrite(name="The Python Wire", rights=rights))
    assert source.rights.licence == "CC-BY-4.0" and source.rights.copyright_ is None, source
    assert update("source", str(source.id), models.SourcePatch(kind="agency")).kind == "agency"
    author = create("author", models.AuthorWrite(name="Monty Reader"))
    assert update("author", str(author.id), models.AuthorPatch(bio="Reads.")).bio == "Reads."
    tag = create("tag", models.TagWrite(name="Snakes"))
    assert update("tag", tag.slug, models.TagPatch(name="Pythons")).name == "Pythons"
    section = create("section", models.SectionWrite(lang="en", name="REPTILES"))
    assert update("section", str(section.id), models.SectionPatch(position=0)).position == 0
    edition = models.EditionWrite(name="Deutsch", contact=models.ContactWrite(email="a@example.org"))
    edition = call(client, api["replace_edition"], "de", body=edition, status=201).data
    assert edition.contact.email == "a@example.org" and edition.contact.phones == [], edition
    changed = update("edition", "de", models.EditionPatch(contact=models.ContactPatch(email=None)))
    assert changed.contact.email is None, changed

    body = models.BodyWrite(format_=models.BodyWriteFormat.MARKDOWN, content="Long, *thin*.")
    article = models.ArticleWrite(
        lang="en", title="Of snakes", body=body, section=section.path, authors=[author.slug], source=source.slug,
        tags=["Pythons"],
    )
    article = create("article", article)
    name = str(article.id)
    assert update("article", name, models.ArticlePatch(summary="Brief.")).summary == "Brief."
    assert call(client, api["publish_article"], name).data.status == models.Status.PUBLISHED
    revisions = call(client, api["list_revisions"], name).data
    assert len(revisions) == 3, revisions
    withdrawn = models.WithdrawRequest(reason=models.WithdrawalReason.ERROR)
    assert call(client, api["withdraw_article"], name, body=withdrawn).data.withdrawal.reason == "error"
    # Without news of the last two days there is no news sitemap to read.
    news = create("article", models.ArticleWrite(lang="en", title="Snakes today", status=models.Status.PUBLISHED))
    assert news.status == models.Status.PUBLISHED, news

    key = create("key", models.KeyWrite(name="Snake", role=models.Role.PARTNER, contract=models.Contract(summary_only=True)))
    assert key.contract.summary_only is True, key
    assert update("key", str(key.id), models.KeyPatch(name="Python")).name == "Python"
    webhook = create("webhook", models.WebhookWrite(name="Hook", url="http://127.0.0.1:9/"))
    call(client, api["test_webhook"], str(webhook.id), status=202)
    assert update("webhook", str(webhook.id), models.WebhookPatch(enabled=False)).enabled is False
    picture = types.File(payload=open(os.environ["MASTHEAD_PICTURE"], "rb"), file_name="a.png", mime_type="image/png")
    medium = create("medium", models.MediumUpload(file=picture))
    assert update("medium", str(medium.id), models.MediumPatch.from_dict({"alt": {"en": "A dot"}})).alt.to_dict() == {"en": "A dot"}


def writes_in_bulk(client, api):
    data = models.BulkLineDataType0.from_dict({"lang": "en", "title": "One of many"})
    operations = [models.BulkLine(op=models.BulkLineOp.CREATE, data=data), models.BulkLine(op=models.BulkLineOp.CREATE)]
    told = call(client, api["run_bulk"], body=models.BulkRequest(operations=operations)).data
    assert [result.status for result in told] == [201, 422], told


def main():
    found = modules()
    api = {name.rsplit(".", 1)[1]: module for name, module in found.items() if hasattr(module, "sync_detailed")}
    client = AuthenticatedClient(base_url=URL, token=KEY)
    document = json.loads(client.get_httpx_client().get("/openapi.json").text)
    ids = {o["operationId"] for item in document["paths"].values() for o in item.values()}
    assert ids == set(api), f"left out: {ids - set(api)}"
    reads_articles(Client(base_url=URL), api)
    sends_arrays(api)
    answers_problems(Client(base_url=URL), api)
    keeps_drafts_behind_the_key(api)
    writes_one_of_each(client, api)
    writes_in_bulk(client, api)
    called = Reads(client, document, api).call_all()
    print(f"the Python client has {len(found)} modules; {called} reads, a write of each kind and a bulk went well")


if __name__ == "__main__":
    main()

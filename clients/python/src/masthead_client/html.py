"""Attributes of the elements that show articles."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from .models import Article, ArticleMedium, Medium, Section


class Alternate(TypedDict):
    """Attributes of a `<link rel="alternate">`."""

    hreflang: str
    href: str


class Picture(TypedDict):
    """Attributes of a `<picture>`: those of each `<source>`, then those of the `<img>`, without its `alt`."""

    sources: list[dict[str, str]]
    img: dict[str, str | int]


def picture(medium: ArticleMedium | Medium, sizes: str | None = None) -> Picture:
    """WebP in every width, and JPEG or PNG for the others. A picture that is known by its address only has no sources.

    `sizes` is the width of the picture on the page, as HTML's attribute has it: `(min-width: 60rem) 40rem, 100vw`.
    """
    chosen = {} if sizes is None else {"sizes": sizes}
    img: dict[str, str | int] = {"src": medium["url"]}
    sources: list[dict[str, str]] = []
    if srcset := medium.get("srcset"):
        if fallback := srcset["jpeg"] or srcset["png"]:
            img |= {"srcset": fallback, **chosen}
        if srcset["webp"]:
            sources.append({"type": "image/webp", "srcset": srcset["webp"], **chosen})
    if (width := medium.get("width")) is not None and (height := medium.get("height")) is not None:
        img |= {"width": width, "height": height}
    return {"sources": sources, "img": img}


def object_position(medium: ArticleMedium | Medium) -> str | None:
    """CSS `object-position` that keeps the focal point in every crop."""
    point = medium.get("focal_point")
    return f"{round(point['x'] * 100, 1):g}% {round(point['y'] * 100, 1):g}%" if point else None


def alternates(
    page: Article | Section, default_lang: str | None = None, address: Callable[[str, str], str] = lambda url, _: url
) -> list[Alternate]:
    """The page in every language, itself included, sorted by language; nothing where it has only one.

    Search engines want the same list on each of these pages. `default_lang` is for readers of none of these (`x-default`).
    `address` makes the address of a page from its `url` and language, where it is another.
    """
    if not page["translations"]:
        return []
    all_pages = [(page["lang"], page["url"]), *((one["lang"], one["url"]) for one in page["translations"])]
    links: list[Alternate] = [{"hreflang": lang, "href": address(url, lang)} for lang, url in sorted(all_pages)]
    fallback = next((link for link in links if link["hreflang"] == default_lang), None)
    return [*links, {"hreflang": "x-default", "href": fallback["href"]}] if fallback else links

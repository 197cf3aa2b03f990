#!/usr/bin/env python3
"""Writes a WordPress export of many posts, for figures of rate and memory: benches/large_wxr.py 50000 > large.xml

Posts have an author, a category, a picture and some 3.5 kB of text in the classic form; 50,000 of them are about 200 MB."""

import random
import sys

WORDS = "harbour bridge council market winter report teacher garden railway letter morning island captain school evening window".split()
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Large</title><link>https://large.example</link><language>en-US</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://large.example</wp:base_site_url><wp:base_blog_url>https://large.example</wp:base_blog_url>
"""
POST = """<item><title>{title}</title><link>https://large.example/{year}/{n}/</link><pubDate>Thu, 01 Jan 1970 00:00:00 +0000</pubDate><dc:creator><![CDATA[author{author}]]></dc:creator>
<guid isPermaLink="false">https://large.example/?p={n}</guid><description></description><content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{n}</wp:post_id><wp:post_date><![CDATA[{year}-03-04 05:06:07]]></wp:post_date><wp:post_date_gmt><![CDATA[{year}-03-04 05:06:07]]></wp:post_date_gmt><wp:post_name><![CDATA[post-{n}]]></wp:post_name>
<wp:status><![CDATA[publish]]></wp:status><wp:post_type><![CDATA[post]]></wp:post_type><category domain="category" nicename="section-{section}"><![CDATA[Section {section}]]></category></item>
"""


def main(posts):
    choose = random.Random(7)
    out = sys.stdout
    out.write(HEAD)
    for n in range(1, posts + 1):
        paragraphs = [" ".join(choose.choices(WORDS, k=60)).capitalize() + "." for _ in range(7)]
        paragraphs.insert(2, f'<img src="https://large.example/wp-content/uploads/{n % 900}-300x200.jpg" alt="Picture {n}" />')
        title = f"{choose.choice(WORDS).capitalize()} and {choose.choice(WORDS)} {n}"
        out.write(POST.format(n=n, title=title, body="\n\n".join(paragraphs), year=2000 + n % 20, author=n % 40, section=n % 12))
    out.write("</channel></rss>\n")


main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)

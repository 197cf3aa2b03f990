//! Reads an article page that was saved as plain text, with its menus, byline, comments and footer.
//!
//! No rule knows a site: the title is where trail, byline and text agree, the text is the run of paragraphs below it, and the rest is read from the labels and
//! forms that English, French and Chinese pages print around an article.

mod article;
mod body;
mod breadcrumb;
mod byline;
mod date;
mod dumps;
mod footer;
mod furniture;
mod interruptions;
mod label;
mod language;
mod left_out;
mod lines;
mod names;
mod opening;
mod read_line;
mod signature;
mod source;
mod tags;
mod text;
mod title;
mod words;
mod wrap;
mod zones;

use std::sync::LazyLock;

use regex::Regex;

pub use article::{LeftOut, Page};
use body::Parts;
use byline::Byline;
use date::Stamp;
use footer::Footer;
use lines::{Furniture, Line, Lines};
pub(crate) use wrap::decode;
use zones::Zones;

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)(?:permali(?:nk|en)|\burl|retrieved .{0,40}from|本文(?:链接|网址|地址)|原文链接|lien (?:permanent|de l.article)|adresse de cet article|source url)\s*[:：]?\s*(https?://[^\s，。）)]+)";
    Regex::new(pattern).expect("the pattern is a constant")
});

/// The language of a text by its script and its words.
pub(crate) fn language_of(text: &str) -> &'static str {
    language::detect(text)
}

/// True if a line is one of those that every page of a site carries around its text.
pub(crate) fn is_furniture(line: &str) -> bool {
    let line = read_line::read_line(line, 0, None);
    line.is_some_and(|line| line.furniture.is_some() || line.label)
}

/// True if what follows a line is no part of the article.
pub(crate) fn ends_article(line: &str) -> bool {
    let line = read_line::read_line(line, 0, None);
    let furniture = line.and_then(|line| line.furniture);
    furniture.is_some_and(|kind| kind.ends_article() || kind == Furniture::Related)
}

/// Reads a page; `lang` is its language where the caller knows it. None when the page holds no article.
pub fn parse(text: &str, lang: Option<&str>) -> Option<Page> {
    let page = read_lines(text);
    let trails = breadcrumb::find(&page);
    let title = title::find(&page, &trails)?;
    let parts = body::find(&page, title)?;
    let zones = Zones::new(&page, title, &parts);
    let crumbs = breadcrumb::choose(&page, &trails, title);
    let byline = Byline::read(&page, &zones.header, &parts.body, &zones.tail);
    let footer = footer::read(&page, parts.end);
    let paragraphs: Vec<String> = parts
        .body
        .iter()
        .map(|at| page.all[*at].text.clone())
        .collect();
    let lang = lang.map_or_else(
        || language::detect(&paragraphs.join(" ")).to_owned(),
        str::to_owned,
    );
    let (published, updated) = dates(&page, &zones, &lang);
    let article = Page {
        lang,
        guessed_width: page.guessed_width,
        published,
        updated,
        paragraphs,
        tags: tags::read(&page, &zones.header, &zones.tags),
        ..Page::default()
    };
    let footer_at = footer.first.unwrap_or(page.all.len());
    let read = (crumbs, byline, footer);
    let mut article = assemble(article, &page, title.0, &parts, read);
    article.left_out = left_out::find(&page, &article, title, &parts, footer_at);
    Some(article)
}

/// Cuts a page into its lines, those that were wrapped made whole. Byte order marks, zero-width spaces and control
/// characters are left out; the rest is NFC.
fn read_lines(text: &str) -> Lines {
    let marker = read_line::bullet_marker(text);
    let mut page = Lines::default();
    let mut parted = true;
    let (printed, guessed) = wrap::unwrap(text);
    page.guessed_width = guessed;
    page.headings = dumps::headings(&printed);
    for printed in dumps::clean(printed) {
        match read_line::read_line(&printed.text, printed.number, marker) {
            Some(line) => page.push(line, std::mem::take(&mut parted)),
            None => parted = true,
        }
    }
    page
}

fn assemble(
    article: Page,
    page: &Lines,
    title: usize,
    parts: &Parts,
    read: (Vec<String>, Byline, Footer),
) -> Page {
    let (crumbs, byline, footer) = read;
    let text = |at: usize| page.all[at].text.clone();
    let publisher = source::publisher(page, &crumbs);
    let site_names = source::site_names(page, publisher.as_deref());
    Page {
        site_names,
        url: page
            .all
            .iter()
            .filter(|line| line.width <= 600)
            .find_map(|line| Some(ADDRESS.captures(&line.text)?[1].to_owned())),
        title: text(title),
        subtitle: parts
            .subtitle
            .filter(|at| Some(*at) != parts.summary)
            .map(text),
        summary: parts.summary.map(text),
        source: byline
            .source
            .clone()
            .or(byline.affiliation.clone())
            .or_else(|| signing_paper(&byline))
            .or(publisher.clone()),
        breadcrumbs: without_site(crumbs, publisher.as_deref()),
        authors: byline.authors,
        editors: byline.editors,
        translators: byline.translators,
        credits: byline.credits,
        byline_raw: byline.raw,
        phones: footer.phones,
        email: footer.email,
        address: footer.address,
        copyright: footer.copyright,
        language_links: language_links(page),
        ..article
    }
}

/// A byline that is an agency or an office is the source as well.
fn signing_paper(byline: &Byline) -> Option<String> {
    match byline.authors.as_slice() {
        [only] if names::is_organisation(only) => Some(only.clone()),
        _ => None,
    }
}

/// A trail of one that is the site's own name leads nowhere.
fn without_site(crumbs: Vec<String>, publisher: Option<&str>) -> Vec<String> {
    let alone =
        crumbs.len() == 1 && publisher.is_some_and(|site| text::key(site) == text::key(&crumbs[0]));
    if alone { Vec::new() } else { crumbs }
}

/// The dates of publication and of the last change: below the title, else above it, else below the text.
fn dates(page: &Lines, zones: &Zones, lang: &str) -> (Option<String>, Option<String>) {
    let month_first = lang == "en" && counts_months_first(page);
    let (mut published, mut updated) = (None, None);
    for (zone, reach) in [(&zones.header, 160), (&zones.above, 80), (&zones.tail, 80)] {
        for at in zone.iter().copied().filter(|at| {
            page.all[*at].width <= reach && page.all[*at].furniture != Some(Furniture::Caption)
        }) {
            for stamp in &page.all[at].stamps {
                let announced = stamp.updated
                    || (stamp.start == 0
                        && at > 0
                        && page.all[at - 1].width <= 30
                        && page.all[at - 1].stamps.is_empty()
                        && date::announces_update(&page.all[at - 1].text));
                let slot = if announced {
                    &mut updated
                } else {
                    &mut published
                };
                slot.get_or_insert_with(|| value(page, at, stamp, month_first));
            }
        }
        if published.is_some() || updated.is_some() {
            break;
        }
    }
    match published {
        None => (updated, None),
        published => (published, updated),
    }
}

/// The stamp's value, with the time that may stand alone on the next line.
fn value(page: &Lines, at: usize, stamp: &Stamp, month_first: bool) -> String {
    let time = page
        .all
        .get(at + 1)
        .filter(|next| next.width <= 16)
        .and_then(|next| date::with_time(stamp, &next.text));
    let swapped = if month_first {
        stamp.month_first.clone()
    } else {
        None
    };
    time.or(swapped).unwrap_or_else(|| stamp.value.clone())
}

/// True if an English page writes `03/04/2020` for March: it does unless its other dates put the day first.
fn counts_months_first(page: &Lines) -> bool {
    let day_first = |line: &&Line| {
        line.stamps.iter().any(|stamp| {
            stamp.month_first.is_none()
                && line.text[stamp.start..stamp.end].starts_with(|c: char| c.is_ascii_digit())
                && !line.text[stamp.start..].starts_with(&stamp.value[..4])
        })
    };
    let month_first = |line: &&Line| {
        line.stamps.iter().any(|stamp| {
            stamp.month_first.is_none()
                && line.text[stamp.start..stamp.end].starts_with(char::is_alphabetic)
        })
    };
    page.all.iter().filter(day_first).count() <= page.all.iter().filter(month_first).count()
}

fn language_links(page: &Lines) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for name in page
        .all
        .iter()
        .filter(|line| line.width <= 240)
        .flat_map(|line| language::switch(&line.text))
    {
        if !links.contains(&name) {
            links.push(name);
        }
    }
    links
}

#[cfg(test)]
mod tests;

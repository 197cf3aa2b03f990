//! Embeds: the address that a person opens, found behind a player's address, and the site that it is of.

mod host;
mod players;

use url::Url;

use super::address;
use super::blocks::{Block, Inline, Marks};
use host::{host, is_mastodon};

/// The hosts of each known site; the hosts below them are its own too.
const PROVIDERS: &[(&str, &[&str])] = &[
    ("archive", &["archive.org"]),
    ("arte", &["arte.tv"]),
    ("bandcamp", &["bandcamp.com"]),
    ("bilibili", &["bilibili.com", "b23.tv"]),
    ("bluesky", &["bsky.app"]),
    ("codepen", &["codepen.io"]),
    ("dailymotion", &["dailymotion.com", "dai.ly"]),
    ("datawrapper", &["dwcdn.net"]),
    ("deezer", &["deezer.com"]),
    ("documentcloud", &["documentcloud.org"]),
    ("douyin", &["douyin.com"]),
    ("facebook", &["facebook.com", "fb.watch"]),
    ("flickr", &["flickr.com", "flic.kr"]),
    ("flourish", &["flourish.studio", "flo.uri.sh"]),
    ("giphy", &["giphy.com"]),
    ("gist", &["gist.github.com"]),
    ("google_maps", &["maps.google.com", "maps.app.goo.gl"]),
    ("imgur", &["imgur.com"]),
    ("infogram", &["infogram.com"]),
    ("instagram", &["instagram.com", "instagr.am"]),
    ("issuu", &["issuu.com"]),
    ("loom", &["loom.com"]),
    (
        "mastodon",
        &["mastodon.social", "mastodon.online", "mstdn.social"],
    ),
    ("mixcloud", &["mixcloud.com"]),
    ("pinterest", &["pinterest.com", "pin.it"]),
    ("podcasts", &["podcasts.apple.com"]),
    ("apple_music", &["music.apple.com"]),
    ("qq", &["v.qq.com"]),
    ("reddit", &["reddit.com", "redd.it"]),
    ("scribd", &["scribd.com"]),
    ("slideshare", &["slideshare.net"]),
    ("soundcloud", &["soundcloud.com"]),
    ("spotify", &["open.spotify.com"]),
    ("streamable", &["streamable.com"]),
    ("tableau", &["public.tableau.com"]),
    ("ted", &["ted.com"]),
    ("telegram", &["t.me"]),
    ("threads", &["threads.net", "threads.com"]),
    ("tiktok", &["tiktok.com"]),
    ("tumblr", &["tumblr.com"]),
    ("twitch", &["twitch.tv"]),
    ("twitter", &["twitter.com", "x.com"]),
    ("typeform", &["typeform.com"]),
    ("vimeo", &["vimeo.com"]),
    ("weibo", &["weibo.com"]),
    ("wistia", &["wistia.com", "wistia.net"]),
    ("wordpress_tv", &["wordpress.tv", "videopress.com"]),
    ("youku", &["youku.com"]),
    (
        "youtube",
        &["youtube.com", "youtu.be", "youtube-nocookie.com"],
    ),
];

/// Players whose address names another player, and so on: more than these are no address.
const MAX_PLAYERS: usize = 8;

/// The address of an embed, cleaned, a player's replaced by the one that a person opens; `None` unless it is http, https or
/// relative. A place in the page itself is nothing to embed.
pub(super) fn embed_address(raw: &str) -> Option<String> {
    let raw = raw.trim();
    let address = match raw.strip_prefix("//") {
        Some(_) => address::link_address(&format!("https:{raw}"))?,
        None => address::link_address(raw)?,
    };
    if address.starts_with('#') {
        return None;
    }
    if is_relative(&address) {
        return Some(address);
    }
    innermost(address)
}

/// True if an address names neither a scheme nor a host.
fn is_relative(address: &str) -> bool {
    let head = address.split(['/', '?', '#']).next().unwrap_or("");
    !head.contains(':')
}

/// True if an address in angle brackets, alone in a paragraph of Markdown, is an embed and nothing else: `</v>` and `</p/>` are
/// end tags, `<v>` is a start tag.
pub(super) fn fits_brackets(address: &str) -> bool {
    let is_name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let is_path = match address.strip_prefix('/') {
        Some(path) => !is_name(path.trim_end_matches('/')),
        None => address.starts_with("./") || address.starts_with("../"),
    };
    is_path || !is_relative(address)
}

/// Follows players within players to the address in the innermost one.
fn innermost(mut address: String) -> Option<String> {
    for _ in 0..MAX_PLAYERS {
        let opened =
            players::opened(&parse(&address)?).and_then(|address| address::link_address(&address));
        match opened.filter(|opened| *opened != address && parse(opened).is_some()) {
            Some(opened) => address = opened,
            None => return Some(address),
        }
    }
    None
}

fn parse(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// The known site that an address is of.
pub(super) fn provider(address: &str) -> Option<&'static str> {
    let url = parse(address)?;
    let host = host(&url);
    let is_of = |own: &&str| {
        let below = host.strip_suffix(*own);
        below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
    };
    let known = PROVIDERS.iter().find(|(_, hosts)| hosts.iter().any(is_of));
    let is_map =
        host.trim_start_matches("www.").starts_with("google.") && url.path().starts_with("/maps");
    known
        .map(|(name, _)| *name)
        .or(is_map.then_some("google_maps"))
        .or(is_mastodon(&url).then_some("mastodon"))
}

/// A line of text that is nothing but the address of something on a known site, as oEmbed has it.
pub(super) fn address_alone(line: &str) -> Option<String> {
    let line = line.trim();
    let is_address = (line.starts_with("https://") || line.starts_with("http://"))
        && line.len() <= 2_000
        && !line.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'));
    if !is_address {
        return None;
    }
    let url = parse(line)?;
    provider(line).filter(|_| url.path().len() > 1 || url.query().is_some())?;
    embed_address(line)
}

/// The embed of an address that [`embed_address`] gave.
pub(super) fn block(url: String, caption: Vec<Inline>) -> Block {
    Block::Embed {
        id: None,
        provider: provider(&url).map(str::to_owned),
        url,
        caption,
    }
}

/// The lines of a paragraph, those that are embeds apart from the others.
pub(super) fn lines_apart(content: Vec<Inline>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut paragraph: Vec<Inline> = Vec::new();
    for (end, line) in lines(content) {
        match alone(&line) {
            Some(url) => {
                blocks.extend(closed(&mut paragraph));
                blocks.push(block(url, Vec::new()));
            }
            None => {
                if let (Some(marks), false) = (end, paragraph.is_empty()) {
                    append(&mut paragraph, "\n", marks);
                }
                for run in line {
                    append(&mut paragraph, &run.text, run.marks);
                }
            }
        }
    }
    blocks.extend(closed(&mut paragraph));
    blocks
}

fn closed(paragraph: &mut Vec<Inline>) -> Option<Block> {
    let content = std::mem::take(paragraph);
    (!content.is_empty()).then(|| Block::paragraph(content))
}

/// The lines of a paragraph, each with the marks of the line break before it.
fn lines(content: Vec<Inline>) -> Vec<(Option<Marks>, Vec<Inline>)> {
    let mut lines = vec![(None, Vec::new())];
    for Inline { text, marks } in content {
        for (at, piece) in text.split('\n').enumerate() {
            if at > 0 {
                lines.push((Some(marks.clone()), Vec::new()));
            }
            if let (false, Some((_, line))) = (piece.is_empty(), lines.last_mut()) {
                append(line, piece, marks.clone());
            }
        }
    }
    lines
}

fn append(runs: &mut Vec<Inline>, text: &str, marks: Marks) {
    match runs.last_mut() {
        Some(last) if last.marks == marks => last.text.push_str(text),
        _ => runs.push(Inline {
            text: text.to_owned(),
            marks,
        }),
    }
}

fn alone(line: &[Inline]) -> Option<String> {
    match line {
        [run] if run.marks.is_empty() => address_alone(&run.text),
        _ => None,
    }
}

/// True if an address is of one post or one video, and not of a person or a site.
pub(super) fn is_post(address: &str) -> bool {
    const PARTS: [&str; 9] = [
        "/status/",
        "/statuses/",
        "/comments/",
        "/post/",
        "/p/",
        "/reel/",
        "/video/",
        "/videos/",
        "/posts/",
    ];
    parse(address).is_some_and(|url| {
        let path = format!("{}/", url.path());
        is_mastodon(&url) || PARTS.iter().any(|part| path.contains(part))
    })
}

/// The address of a post without what counts its readers.
pub(super) fn without_query(address: &str) -> String {
    address
        .split(['?', '#'])
        .next()
        .unwrap_or(address)
        .to_owned()
}

#[cfg(test)]
mod tests;

//! Players of known sites, and the addresses behind them.

use percent_encoding::percent_decode_str;
use url::Url;

use super::host::{host, is_mastodon};

fn parameter(url: &Url, name: &str) -> Option<String> {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found
        .map(|(_, value)| value.into_owned())
        .filter(|value| !value.is_empty())
}

/// Players that name something by the first word behind a path: host, path, and the address around the word.
const BY_PATH: [(&str, &str, &str, &str); 5] = [
    (
        "dailymotion.com",
        "/embed/video/",
        "https://www.dailymotion.com/video/",
        "",
    ),
    (
        "player.youku.com",
        "/embed/",
        "https://v.youku.com/v_show/id_",
        ".html",
    ),
    ("loom.com", "/embed/", "https://www.loom.com/share/", ""),
    ("streamable.com", "/e/", "https://streamable.com/", ""),
    ("giphy.com", "/embed/", "https://giphy.com/gifs/", ""),
];

/// Players that name something by a parameter: host, parameter, and the address around its word.
const BY_PARAMETER: [(&str, &str, &str, &str); 4] = [
    (
        "geo.dailymotion.com",
        "video",
        "https://www.dailymotion.com/video/",
        "",
    ),
    (
        "platform.twitter.com",
        "id",
        "https://twitter.com/i/status/",
        "",
    ),
    ("v.qq.com", "vid", "https://v.qq.com/x/page/", ".html"),
    ("clips.twitch.tv", "clip", "https://clips.twitch.tv/", ""),
];

/// The address behind a player's, where the player is known.
pub(super) fn opened(url: &Url) -> Option<String> {
    let host = host(url);
    let host = host.trim_start_matches("www.").trim_start_matches("m.");
    by_word(host, url).or_else(|| by_own_rule(host, url))
}

fn by_word(host: &str, url: &Url) -> Option<String> {
    let by_path = BY_PATH.iter().find(|(own, ..)| *own == host);
    if let Some((_, path, before, after)) = by_path {
        let id = word(url.path().strip_prefix(path)?)?;
        return Some(format!("{before}{id}{after}"));
    }
    let (_, name, before, after) = BY_PARAMETER.iter().find(|(own, ..)| *own == host)?;
    let is_player = host != "v.qq.com" || url.path().contains("/iframe/");
    let id = word(&parameter(url, name).filter(|_| is_player)?)?;
    Some(format!("{before}{id}{after}"))
}

fn by_own_rule(host: &str, url: &Url) -> Option<String> {
    let path = url.path();
    let of = |name: &str| parameter(url, name);
    match host {
        "youtube.com" | "youtube-nocookie.com" => youtube(url),
        "player.vimeo.com" => vimeo(url),
        "w.soundcloud.com" => of("url").filter(|url| !url.contains("://api.")),
        "open.spotify.com" => {
            let podcast = path.strip_prefix("/embed-podcast/");
            let rest = podcast.or_else(|| path.strip_prefix("/embed/"))?;
            Some(format!("https://open.spotify.com/{rest}"))
        }
        "facebook.com" => path.starts_with("/plugins/").then(|| of("href"))?,
        "instagram.com" => path
            .split_once("/embed")
            .map(|(post, _)| format!("https://www.instagram.com{post}/")),
        "player.bilibili.com" | "bilibili.com" => bilibili(url),
        "player.twitch.tv" => twitch(url),
        "embed.ted.com" => Some(format!("https://www.ted.com{path}")),
        "widget.deezer.com" => {
            let mut parts = path.strip_prefix("/widget/")?.splitn(2, '/');
            Some(format!("https://www.deezer.com/{}", parts.nth(1)?))
        }
        "embed.podcasts.apple.com" | "embed.music.apple.com" => {
            Some(url.as_str().replacen("://embed.", "://", 1))
        }
        "embed.reddit.com" | "redditmedia.com" => Some(format!("https://www.reddit.com{path}")),
        "embed.bsky.app" => {
            let rest = path.strip_prefix("/embed/")?;
            let (actor, post) = rest.split_once("/app.bsky.feed.post/")?;
            Some(format!(
                "https://bsky.app/profile/{actor}/post/{}",
                word(post)?
            ))
        }
        "archive.org" => {
            let item = path.strip_prefix("/embed/")?;
            Some(format!("https://archive.org/details/{item}"))
        }
        "gist.github.com" => {
            let gist = path.strip_suffix(".js")?;
            Some(format!("https://gist.github.com{gist}"))
        }
        "flo.uri.sh" => {
            let graphic = path.strip_suffix("/embed")?;
            Some(format!("https://public.flourish.studio{graphic}/"))
        }
        _ => page_of_embed(url),
    }
}

fn twitch(url: &Url) -> Option<String> {
    let of = |name: &str| parameter(url, name);
    match of("video") {
        Some(video) => {
            let id = word(video.trim_start_matches('v'))?;
            Some(format!("https://www.twitch.tv/videos/{id}"))
        }
        None => Some(format!("https://www.twitch.tv/{}", word(&of("channel")?)?)),
    }
}

/// The page of which WordPress or Mastodon gives a form for other sites: the address without `/embed` at its end.
fn page_of_embed(url: &Url) -> Option<String> {
    let path = url.path();
    let page = path.strip_suffix("/embed/").map(|page| format!("{page}/"));
    let page = page.or_else(|| path.strip_suffix("/embed").map(str::to_owned));
    let is_wordpress = url
        .fragment()
        .is_some_and(|secret| secret.contains("secret="));
    let mut opened = url.clone();
    opened.set_path(&page?);
    opened.set_fragment(None);
    (is_wordpress || is_mastodon(&opened)).then(|| opened.into())
}

fn youtube(url: &Url) -> Option<String> {
    let rest = url
        .path()
        .strip_prefix("/embed/")
        .or_else(|| url.path().strip_prefix("/v/"))?;
    let of = |name: &str| parameter(url, name);
    let watch = "https://www.youtube.com";
    match (rest, of("list"), of("channel")) {
        ("videoseries", Some(list), _) => Some(format!("{watch}/playlist?list={}", word(&list)?)),
        ("live_stream", _, Some(channel)) => {
            Some(format!("{watch}/channel/{}/live", word(&channel)?))
        }
        _ => {
            let id = word(rest)?;
            let start = of("start").filter(|start| start.bytes().all(|byte| byte.is_ascii_digit()));
            let start = start
                .filter(|start| start != "0")
                .map(|start| format!("&t={start}s"));
            Some(format!("{watch}/watch?v={id}{}", start.unwrap_or_default()))
        }
    }
}

fn vimeo(url: &Url) -> Option<String> {
    let id = word(url.path().strip_prefix("/video/")?)?;
    // A video that is not listed opens only with its hash.
    let hash = parameter(url, "h")
        .as_deref()
        .and_then(word)
        .map(|hash| format!("/{hash}"));
    Some(format!(
        "https://vimeo.com/{id}{}",
        hash.unwrap_or_default()
    ))
}

fn bilibili(url: &Url) -> Option<String> {
    if !url.path().ends_with("/player.html")
        && !url.path().ends_with("/html5player.html")
        && !url.path().ends_with("/html5mobileplayer.html")
    {
        return None;
    }
    let named = parameter(url, "bvid").or_else(|| Some(format!("av{}", parameter(url, "aid")?)));
    Some(format!(
        "https://www.bilibili.com/video/{}/",
        word(&named?)?
    ))
}

/// The id at the beginning of a text: letters, digits, `-`, `_` and `=`.
fn word(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '=');
    let id: String = text.chars().take_while(|c| is_part(*c)).collect();
    (!id.is_empty()).then_some(id)
}

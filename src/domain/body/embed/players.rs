//! Players of known sites, and the addresses behind them.

use percent_encoding::percent_decode_str;
use url::Url;

use super::{host, is_mastodon};

fn parameter(url: &Url, name: &str) -> Option<String> {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found
        .map(|(_, value)| value.into_owned())
        .filter(|value| !value.is_empty())
}

/// The address behind a player's, where the player is known.
pub(super) fn opened(url: &Url) -> Option<String> {
    let host = host(url);
    let path = url.path();
    let of = |name: &str| parameter(url, name);
    match host.trim_start_matches("www.").trim_start_matches("m.") {
        "youtube.com" | "youtube-nocookie.com" => youtube(url),
        "player.vimeo.com" => vimeo(url),
        "dailymotion.com" => Some(format!(
            "https://www.dailymotion.com/video/{}",
            word(path.strip_prefix("/embed/video/")?)?
        )),
        "geo.dailymotion.com" => Some(format!(
            "https://www.dailymotion.com/video/{}",
            word(&of("video")?)?
        )),
        "w.soundcloud.com" => of("url").filter(|url| !url.contains("://api.")),
        "open.spotify.com" => {
            let rest = path
                .strip_prefix("/embed-podcast/")
                .or_else(|| path.strip_prefix("/embed/"))?;
            Some(format!("https://open.spotify.com/{rest}"))
        }
        "platform.twitter.com" => Some(format!(
            "https://twitter.com/i/status/{}",
            word(&of("id")?)?
        )),
        "facebook.com" => path.starts_with("/plugins/").then(|| of("href"))?,
        "instagram.com" => path
            .split_once("/embed")
            .map(|(post, _)| format!("https://www.instagram.com{post}/")),
        "player.bilibili.com" | "bilibili.com" => bilibili(url),
        "player.youku.com" => Some(format!(
            "https://v.youku.com/v_show/id_{}.html",
            word(path.strip_prefix("/embed/")?)?
        )),
        "v.qq.com" if path.contains("/iframe/") => Some(format!(
            "https://v.qq.com/x/page/{}.html",
            word(&of("vid")?)?
        )),
        "player.twitch.tv" => of("video")
            .and_then(|video| {
                Some(format!(
                    "https://www.twitch.tv/videos/{}",
                    word(video.trim_start_matches('v'))?
                ))
            })
            .or_else(|| Some(format!("https://www.twitch.tv/{}", word(&of("channel")?)?))),
        "clips.twitch.tv" => Some(format!("https://clips.twitch.tv/{}", word(&of("clip")?)?)),
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
            let (actor, post) = path
                .strip_prefix("/embed/")?
                .split_once("/app.bsky.feed.post/")?;
            Some(format!(
                "https://bsky.app/profile/{actor}/post/{}",
                word(post)?
            ))
        }
        "archive.org" => Some(format!(
            "https://archive.org/details/{}",
            path.strip_prefix("/embed/")?
        )),
        "loom.com" => Some(format!(
            "https://www.loom.com/share/{}",
            word(path.strip_prefix("/embed/")?)?
        )),
        "streamable.com" => Some(format!(
            "https://streamable.com/{}",
            word(path.strip_prefix("/e/")?)?
        )),
        "giphy.com" => Some(format!(
            "https://giphy.com/gifs/{}",
            word(path.strip_prefix("/embed/")?)?
        )),
        "gist.github.com" => Some(format!(
            "https://gist.github.com{}",
            path.strip_suffix(".js")?
        )),
        "flo.uri.sh" => Some(format!(
            "https://public.flourish.studio{}/",
            path.strip_suffix("/embed")?
        )),
        _ => page_of_embed(url),
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

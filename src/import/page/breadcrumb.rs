//! The trail from the home page to the article: on one line with its arrows, or as a short list.

use std::sync::LazyLock;

use regex::Regex;

use super::furniture;
use super::lines::{Line, Lines};
use super::text::{is_chinese, key, regex, width};

/// A trail of this many entries is a menu.
const LONGEST: usize = 7;
/// So many upright bars part a menu.
const MENU_BARS: usize = 4;
const CRUMB_WIDTH: usize = 44;

/// A line or list that may be the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trail {
    pub(super) crumbs: Vec<String>,
    /// Its lines, first and last.
    pub(super) first: usize,
    pub(super) last: usize,
    kind: Kind,
    /// Words such as `You are here` stand before it.
    announced: bool,
}

impl Trail {
    /// True if its form alone tells a breadcrumb: no headline looks so, and the article's own stands below it.
    pub(super) fn is_plain(&self) -> bool {
        let home = is_home(&self.crumbs[0]);
        match self.kind {
            Kind::Arrows => self.announced || home || self.crumbs.len() > 2,
            Kind::Bars => home && self.crumbs.len() > 2,
            Kind::List | Kind::Block => home,
        }
    }

    /// True if it is one line with an arrow.
    pub(super) fn has_arrows(&self) -> bool {
        self.kind == Kind::Arrows && self.first == self.last
    }

    /// Its lines that cannot be the headline; a list may end with it.
    pub(super) fn lines(&self) -> std::ops::RangeInclusive<usize> {
        let last = self.last - usize::from(self.first < self.last);
        self.first..=last
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// With arrows, or announced by words such as `You are here`.
    Arrows,
    /// With slashes or bars, which also part other things.
    Bars,
    /// List items.
    List,
    /// Lines of their own from the home word on, right above the title.
    Block,
}

static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^(?:(?:您|你)?(?:的|现在|当前|所在)*(?:的)?位置(?:是|在)?|当前(?:栏目|页面)|导航|you are here|vous êtes ici|fil d.ariane|breadcrumbs?)\s*[:：>]?\s*",
    )
});
static ARROW: LazyLock<Regex> = LazyLock::new(|| regex(r"\s*(?:>+|»|›|＞|→|❯|▶|▸|→)\s*"));
static BAR: LazyLock<Regex> = LazyLock::new(|| regex(r"\s+(?:/|\||::|—|-)\s+"));
static CLOSE_BAR: LazyLock<Regex> = LazyLock::new(|| regex(r"\s*[/|｜／-]\s*"));
static HOME: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^(?:home(?:\s?page)?|front page|accueil|page d.accueil|首页|网站首页|主页|.{0,8}首页|à la une|start)$",
    )
});
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:正文|文章正文|新闻正文|内容|内容正文|文章内容|详细内容|查看文章|浏览文章|阅读文章|详情)$",
    )
});
static KICKER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^(?:posted in|filed under|publié dans|category|catégorie|rubrique|栏目)\s*[:：]?\s*",
    )
});
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?i)^(?:mots?[ -]clés?|tags?|keywords?|topics?|标签|关键词|more|更多|plus)$")
});

/// True if the text names the home page.
pub(super) fn is_home(text: &str) -> bool {
    HOME.is_match(text)
}

/// Every line and list of the page that may be a trail.
pub(super) fn find(lines: &Lines) -> Vec<Trail> {
    let mut trails: Vec<Trail> = lines
        .all
        .iter()
        .enumerate()
        .filter_map(|(at, line)| on_one_line(at, line))
        .collect();
    let mut start = 0;
    while start < lines.all.len() {
        let end = list_end(lines, start);
        trails.extend(as_list(lines, start, end));
        trails.extend(as_block(lines, start));
        start = end.max(start + 1);
    }
    trails
}

fn on_one_line(at: usize, line: &Line) -> Option<Trail> {
    if !line.short() || line.sentence || line.furniture.is_some() || line.text.contains('«') {
        return None;
    }
    let place = PLACE.find(&line.text).map_or(0, |m| m.end());
    let text = &line.text[place..];
    let (crumbs, kind) = match parts(&ARROW, text) {
        arrows if arrows.len() == 1 && place > 0 => (parts(&BAR, text), Kind::Arrows),
        arrows
            if arrows.len() > 1
                || place > 0
                || (ARROW.is_match(text) && !text.ends_with('>') && !line.bullet) =>
        {
            (arrows, Kind::Arrows)
        }
        _ => by_bars(text),
    };
    let enough = crumbs.len() > 1 || (kind == Kind::Arrows && place > 0 && crumbs.len() == 1);
    (enough && fits(&crumbs) && (kind == Kind::Arrows || !line.bullet)).then_some(Trail {
        crumbs,
        first: at,
        last: at,
        kind,
        announced: place > 0,
    })
}

/// Bars stand between blanks, but in Chinese trails that end with 正文.
fn by_bars(text: &str) -> (Vec<String>, Kind) {
    let close = parts(&CLOSE_BAR, text);
    match close.last() {
        Some(tail) if close.len() > 1 && TAIL.is_match(tail) => (close, Kind::Arrows),
        _ if text.matches('|').count() >= MENU_BARS => (Vec::new(), Kind::Bars),
        _ => (parts(&BAR, text), Kind::Bars),
    }
}

fn parts(separator: &Regex, text: &str) -> Vec<String> {
    separator
        .split(text)
        .map(bare)
        .filter(|crumb| !crumb.is_empty())
        .collect()
}

fn bare(crumb: &str) -> String {
    crumb
        .trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '[' | ']' | '>' | '»' | '›' | '/' | '|' | '＞')
        })
        .to_owned()
}

fn fits(crumbs: &[String]) -> bool {
    let inner = &crumbs[..crumbs.len().saturating_sub(1)];
    crumbs.len() <= LONGEST
        && inner.iter().all(|crumb| {
            width(crumb) <= CRUMB_WIDTH && !crumb.ends_with(['.', '。', ',', '，', ':', '：'])
        })
        && !LABEL.is_match(&crumbs[0])
}

fn list_end(lines: &Lines, start: usize) -> usize {
    let more = |line: &&Line| line.bullet && !line.parted;
    match lines.all[start].bullet {
        true => start + 1 + lines.all[start + 1..].iter().take_while(more).count(),
        false => start,
    }
}

/// Plain lines that begin with the home word.
fn as_block(lines: &Lines, start: usize) -> Option<Trail> {
    let home = &lines.all[start];
    if home.bullet || !home.parted || !is_home(&home.text) {
        return None;
    }
    let more = |line: &&Line| {
        !line.parted && !line.bullet && line.width <= CRUMB_WIDTH && line.furniture.is_none()
    };
    let count = 1 + lines.all[start + 1..]
        .iter()
        .take(LONGEST)
        .take_while(more)
        .count();
    let crumbs: Vec<String> = lines.all[start..start + count]
        .iter()
        .map(|line| bare(&line.text))
        .collect();
    let single = crumbs
        .iter()
        .all(|crumb| !is_chinese(crumb) || !crumb.contains(' '));
    ((2..=5).contains(&count) && single && fits(&crumbs)).then_some(Trail {
        crumbs,
        first: start,
        last: start + count - 1,
        kind: Kind::Block,
        announced: false,
    })
}

fn as_list(lines: &Lines, start: usize, end: usize) -> Option<Trail> {
    let items = &lines.all[start..end];
    if items.len() < 2 || items.len() > LONGEST || items.iter().any(|item| !item.short()) {
        return None;
    }
    let crumbs: Vec<String> = items.iter().map(|item| bare(&item.text)).collect();
    let arrows = items
        .iter()
        .filter(|item| {
            item.text.starts_with(['>', '»', '›']) || item.text.ends_with(['>', '»', '›'])
        })
        .count();
    let kind = if arrows + 1 >= items.len() {
        Kind::Arrows
    } else {
        Kind::List
    };
    (fits(&crumbs) && crumbs.iter().all(|crumb| !crumb.is_empty())).then_some(Trail {
        crumbs,
        first: start,
        last: end - 1,
        kind,
        announced: false,
    })
}

/// True if the last entry of the trail is this title, whole or cut.
pub(super) fn ends_with_title(trail: &Trail, title_key: &str) -> bool {
    trail
        .crumbs
        .last()
        .is_some_and(|tail| is_title(tail, title_key))
}

fn is_title(crumb: &str, title_key: &str) -> bool {
    let tail = key(crumb);
    let cut = crumb.ends_with("...") || crumb.ends_with('…') || width(crumb) >= 24;
    !tail.is_empty()
        && (tail == *title_key
            || (cut && tail.len() >= 6 && title_key.starts_with(&tail))
            || (title_key.len() >= 12 && tail.starts_with(title_key)))
}

/// The trail to the article whose title stands on the lines `title`, without the title at its end.
pub(super) fn choose(lines: &Lines, trails: &[Trail], title: (usize, usize)) -> Vec<String> {
    let title_key = &lines.all[title.0].key;
    let best = trails
        .iter()
        .filter_map(|trail| Some((weight(trail, title, title_key)?, trail)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let crumbs = match best {
        Some((_, trail)) => trail.crumbs.clone(),
        None => kicker(lines, title.0),
    };
    without_title(crumbs, title_key)
}

fn weight(trail: &Trail, title: (usize, usize), title_key: &str) -> Option<f64> {
    let ends = ends_with_title(trail, title_key);
    let home = is_home(&trail.crumbs[0]);
    // A trail that ends with the word for the text is the article's own, whatever stands between.
    let closes = trail.crumbs.last().is_some_and(|tail| TAIL.is_match(tail));
    let (distance, above) = match () {
        () if trail.last < title.0 => (title.0 - trail.last, true),
        () if trail.first > title.1 => (trail.first - title.1 + 1, false),
        () => return None,
    };
    let reach = match (trail.kind, home || ends, above) {
        (Kind::Block, _, _) => usize::from(above),
        (_, true, true) if ends => 60,
        (Kind::Arrows, true, true) => 14,
        (Kind::Arrows, false, true) if closes => 14,
        (Kind::List | Kind::Bars, true, true) => 8,
        (Kind::Arrows, false, true) => 6,
        (Kind::Bars, false, true) => 1,
        (Kind::List, false, true) if trail.crumbs.len() <= 4 => 1,
        (_, true, false) => 5,
        (Kind::Arrows, false, false) => 2,
        _ => 0,
    };
    let plain =
        matches!(trail.kind, Kind::List | Kind::Block) || (trail.kind == Kind::Bars && !home);
    let service = plain
        && trail.crumbs.iter().any(|crumb| {
            !is_home(crumb)
                && (furniture::is_utility(crumb) || crumb.chars().all(|c| !c.is_alphabetic()))
        });
    let dated = trail.kind == Kind::Bars
        && !home
        && trail
            .crumbs
            .iter()
            .any(|crumb| crumb.chars().any(|c| c.is_ascii_digit()));
    let kind = if trail.kind == Kind::Arrows { 3.0 } else { 0.0 };
    let points = kind + 5.0 * f64::from(u8::from(ends)) + 3.0 * f64::from(u8::from(home))
        - 0.3 * distance as f64;
    (distance <= reach && !service && !dated).then_some(points)
}

fn without_title(mut crumbs: Vec<String>, title_key: &str) -> Vec<String> {
    if crumbs
        .last()
        .is_some_and(|tail| TAIL.is_match(tail) || is_title(tail, title_key))
    {
        crumbs.pop();
    }
    crumbs
}

/// A section name alone above the title is a trail of one.
fn kicker(lines: &Lines, title: usize) -> Vec<String> {
    let Some(line) = title.checked_sub(1).map(|above| &lines.all[above]) else {
        return Vec::new();
    };
    let text = bare(&KICKER.replace(&line.text, ""));
    let words = text.split_whitespace().count();
    let plain = !line.bullet
        && line.furniture.is_none()
        && line.stamps.is_empty()
        && !line.sentence
        && !text.contains([':', '：', '|', ',', '，', '“']);
    let short = if is_chinese(&text) {
        width(&text) <= 16 && words == 1
    } else {
        width(&text) <= 32 && words <= 4
    };
    let named = text.chars().any(char::is_alphabetic)
        && !text.chars().any(|c| c.is_ascii_digit())
        && !furniture::is_utility(&text);
    match plain && short && named && title > 1 && !closes_menu(lines, title) {
        true => two_sections(lines, &text).unwrap_or_else(|| vec![text]),
        false => Vec::new(),
    }
}

/// True if the line above the title is the last of a menu printed without bullets.
fn closes_menu(lines: &Lines, title: usize) -> bool {
    let entry = |line: &&Line| !line.bullet && line.furniture.is_none() && line.width <= 30;
    let kicker = &lines.all[title - 1];
    let before = lines.all[..title - 1]
        .iter()
        .rev()
        .take_while(entry)
        .take(3)
        .count();
    !kicker.parted && before > 0 && (lines.all[title].parted || before == 3)
}

/// `News World`, where `World` is an entry of the menu, is a trail of two whose separator was lost.
fn two_sections(lines: &Lines, text: &str) -> Option<Vec<String>> {
    let (head, tail) = text.split_once(' ')?;
    let general = ["News", "Actualités", "Actualité", "Home", "Accueil"].contains(&head);
    (general && lines.counts.get(&key(tail)).is_some_and(|count| *count > 1))
        .then(|| vec![head.to_owned(), tail.to_owned()])
}

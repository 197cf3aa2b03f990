//! Losses of a restored copy, in words.

use std::fmt::Write as _;

use crate::backup::loss::{Loss, Named, NamedKey};

/// Articles that are named of each kind; withdrawals and keys are all named.
const NAMED: usize = 20;

/// A paragraph of counts, then what is to be done again, by name.
pub(super) fn words(loss: &Loss) -> String {
    let mut text = summary(loss);
    if loss.is_none() {
        return text;
    }
    let takedowns = loss.takedowns.iter().map(|takedown| {
        let public = if takedown.is_public_again {
            ", public again"
        } else {
            ""
        };
        let article = line(&takedown.article);
        format!(
            "{article} ({} at {}{public})",
            takedown.reason.as_str(),
            takedown.at
        )
    });
    list(
        &mut text,
        "withdrawals to make again",
        takedowns,
        usize::MAX,
    );
    let (public_again, valid_again) = (loss.public_again.iter(), loss.valid_again.iter());
    let (keys, articles, older) = (loss.keys.iter(), loss.articles.iter(), loss.older.iter());
    list(
        &mut text,
        "articles that are public again",
        public_again.map(line),
        usize::MAX,
    );
    list(
        &mut text,
        "keys that are valid again",
        valid_again.map(key),
        usize::MAX,
    );
    list(&mut text, "keys that are gone", keys.map(key), usize::MAX);
    list(
        &mut text,
        "articles that are gone",
        articles.map(line),
        NAMED,
    );
    list(
        &mut text,
        "articles in an earlier version",
        older.map(line),
        NAMED,
    );
    text
}

/// Counts of the losses, as a paragraph.
fn summary(loss: &Loss) -> String {
    let since = loss
        .since
        .map_or_else(|| "the beginning".to_owned(), |at| at.to_string());
    if loss.is_none() {
        return format!("nothing is lost since {since}\n");
    }
    let mut text = format!(
        "lost since {since}: {}, {}, {}, {}, {}\n",
        counted(
            loss.changes,
            "entry of the change log",
            "entries of the change log"
        ),
        counted(loss.articles.len(), "new article", "new articles"),
        counted(
            loss.older.len(),
            "article's last versions",
            "articles' last versions"
        ),
        counted(loss.takedowns.len(), "withdrawal", "withdrawals"),
        counted(
            loss.valid_again.len(),
            "revocation of a key",
            "revocations of keys"
        ),
    );
    if loss.is_of_another_database {
        text += "the copy is of another database: the two have no history in common\n";
    }
    text
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn line(article: &Named) -> String {
    format!("{} {} {}", article.id, article.lang, article.title)
}

fn key(key: &NamedKey) -> String {
    format!("{} {}", key.id, key.name)
}

fn list(text: &mut String, head: &str, lines: impl ExactSizeIterator<Item = String>, most: usize) {
    let count = lines.len();
    if count == 0 {
        return;
    }
    // Writing to a string does not fail.
    let _ = writeln!(text, "{head}:");
    for line in lines.take(most) {
        let _ = writeln!(text, "  {line}");
    }
    if count > most {
        let _ = writeln!(text, "  and {} more", count - most);
    }
}

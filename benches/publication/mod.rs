//! An invented publication of many editions: sections two deep, sources, people and tags, some of which nearly all articles
//! have and some hardly any. The same each time.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

const LANGS: [&str; 12] = [
    "en", "fr", "zh", "de", "es", "it", "pt", "ru", "ja", "ko", "ar", "nl",
];
/// Four desks with some eight pages each make 34 sections or so in each edition.
const DESKS: usize = 4;
const PAGES: usize = 8;
const SOURCES: usize = 28;
const AUTHORS: usize = 600;
const TAGS: usize = 240;

/// Numbers that look random and are the same each time (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below another.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end.max(1) as u64).unwrap_or(0)
    }

    /// A number below another, small ones far more often.
    fn skewed(&mut self, end: usize) -> usize {
        let upper = 1 + self.below(end);
        let upper = 1 + self.below(upper);
        self.below(upper)
    }
}

/// Writes so many articles as NDJSON: works in one to twelve languages.
pub(crate) fn write(path: &Path, articles: usize) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut dice = Dice::new(4);
    let (mut written, mut work) = (0, 0);
    while written < articles {
        let editions = 1 + dice.below(LANGS.len()).max(dice.below(LANGS.len()));
        let first = dice.below(LANGS.len());
        let shared = Shared::of(&mut dice, work);
        for n in 0..editions.min(articles - written) {
            let lang = LANGS[(first + n) % LANGS.len()];
            serde_json::to_writer(&mut file, &shared.article(&mut dice, lang, work))?;
            file.write_all(b"\n")?;
            written += 1;
        }
        work += 1;
    }
    file.flush()
}

/// The fields that the editions of a work have in common.
struct Shared {
    section: Vec<String>,
    source: String,
    authors: Vec<String>,
    tags: Vec<String>,
    at: i64,
}

impl Shared {
    fn of(dice: &mut Dice, work: usize) -> Self {
        let mut section = vec![format!("Desk {}", dice.skewed(DESKS))];
        if dice.below(8) > 0 {
            section.push(format!("Page {}", dice.below(PAGES)));
        }
        let authors = (0..=dice.below(3))
            .map(|_| format!("Author {}", dice.skewed(AUTHORS)))
            .collect();
        let mut tags: Vec<String> = (0..dice.below(6))
            .map(|_| format!("Tag {}", dice.skewed(TAGS)))
            .collect();
        if !work.is_multiple_of(10) {
            tags.push("Everything".to_owned());
        }
        tags.push(
            if work.is_multiple_of(2) {
                "Even"
            } else {
                "Odd"
            }
            .to_owned(),
        );
        Self {
            section,
            source: format!("Source {}", dice.skewed(SOURCES)),
            authors,
            tags,
            at: 1_450_000_000 + i64::try_from(dice.below(320_000_000)).unwrap_or(0),
        }
    }

    fn article(&self, dice: &mut Dice, lang: &str, work: usize) -> serde_json::Value {
        let at = self.at + i64::try_from(dice.below(1_000_000)).unwrap_or(0);
        let time = chrono::DateTime::from_timestamp(at, 0).map(|time| time.to_rfc3339());
        let paragraph = "The council met on Tuesday and voted on the new quay, which the harbour has wanted for years. ";
        serde_json::json!({
            "id": format!("w-{work}-{lang}"),
            "lang": lang,
            "title": format!("Report {} from the harbour", dice.below(1_000_000)),
            "summary": "What was decided, who voted against it, and what comes next.",
            "authors": self.authors,
            "contributors": [{"role": "editor", "name": format!("Author {}", dice.below(12))},
                {"role": "translator", "name": format!("Author {}", dice.below(40))}],
            "source": self.source,
            "section_path": self.section,
            "tags": self.tags,
            "translation_key": format!("w-{work}"),
            "published_at": time,
            "updated": time,
            "body_paragraphs": (0..4 + dice.below(12)).map(|_| paragraph.repeat(4)).collect::<Vec<_>>(),
        })
    }
}

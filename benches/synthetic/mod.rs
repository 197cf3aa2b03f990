//! Invented articles in any number, the same each time. Each value that a filter names has a fixed share of them, so that
//! a list of any length has a full page of it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// 2024-01-01T00:00:00Z: when the first article was published; each other follows a minute later.
pub(crate) const START: i64 = 1_704_067_200_000;

/// Writes so many articles as NDJSON.
pub(crate) fn write(path: &Path, articles: usize) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for n in 0..articles {
        serde_json::to_writer(&mut file, &article(n as u64))?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

fn article(n: u64) -> serde_json::Value {
    let lang = ["en", "fr", "zh"][(n % 3) as usize];
    let work = n / 3;
    let pick = |what: u64, of: u64| mix(work * 16 + what) % of;
    let translator = (lang != "en").then(|| format!("Translator {}", pick(5, 4)));
    let mut contributors =
        vec![serde_json::json!({"role": "editor", "name": format!("Editor {}", pick(4, 6))})];
    contributors
        .extend(translator.map(|name| serde_json::json!({"role": "translator", "name": name})));
    serde_json::json!({
        "id": format!("s-{n}"),
        "lang": lang,
        "title": format!("Report {} from the harbour", mix(n)),
        "summary": "What was decided, who voted against it, and what comes next.",
        "authors": [format!("Author {}", pick(1, 10)), format!("Author {}", 10 + pick(2, 10))],
        "contributors": contributors,
        "source": format!("Source {}", pick(3, 4)),
        "section_path": [format!("Desk {}", pick(6, 3)), format!("Page {}", pick(7, 3))],
        "tags": (0..3).map(|t| format!("Tag {}", (pick(8, 9) + t * 2) % 9)).collect::<Vec<_>>(),
        "translation_key": format!("w-{work}"),
        "published_at": at(n),
        "updated": at(n),
        "body_paragraphs": ["The council met on Tuesday and voted on the new quay.", "Work begins in May."],
    })
}

fn at(minute: u64) -> String {
    let millis = START + minute as i64 * 60_000;
    chrono::DateTime::from_timestamp_millis(millis)
        .map(|time| time.to_rfc3339())
        .unwrap_or_default()
}

/// Numbers that look random and are not (the finaliser of SplitMix64).
const fn mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

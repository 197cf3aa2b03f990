//! The real articles as the bench imports them: each with an id of its own, and without the tags that judge topics.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use flate2::read::GzDecoder;
use masthead::domain::id::Id;
use masthead::domain::time::Timestamp;
use serde_json::Value;

/// The tags that were taken out of each article.
pub(crate) type Judges = HashMap<Id, Vec<String>>;

/// Writes the articles below a folder into a file, and keeps their tags.
pub(crate) fn prepare(corpus: &Path, file: &Path) -> Judges {
    let mut names: Vec<_> = std::fs::read_dir(corpus)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".ndjson.gz"))
        .collect();
    names.sort();
    let mut out = BufWriter::new(File::create(file).unwrap());
    let (mut judges, mut number) = (Judges::new(), 0);
    for name in names {
        let topics = name.to_string_lossy().contains("reuters");
        let all = name.to_string_lossy().contains("geotribu");
        for line in BufReader::new(GzDecoder::new(File::open(&name).unwrap())).lines() {
            let mut record: Value = serde_json::from_str(&line.unwrap()).unwrap();
            number += 1;
            let id = Id::derived(Timestamp::from_millis(1_500_000_000_000), number << 64);
            record["id"] = Value::String(id.to_string());
            if let Some(tags) = record.get_mut("tags").and_then(Value::as_array_mut) {
                let is_judge =
                    |tag: &Value| all || topics && tag.as_str().unwrap().starts_with("topics:");
                let taken = tags.extract_if(.., |tag| is_judge(tag));
                let taken: Vec<String> =
                    taken.map(|tag| tag.as_str().unwrap().to_owned()).collect();
                judges.insert(id, taken);
            }
            writeln!(out, "{record}").unwrap();
        }
    }
    judges
}

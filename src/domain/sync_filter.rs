//! The filters of a reader that keeps copies, as a cursor carries them.

use serde::{Deserialize, Serialize};

use super::language::LanguageTag;
use super::query::{AllOfAny, MOST_GROUPS, MOST_VALUES, Reference};

/// The articles that a reader keeps copies of, within its visibility.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct SyncFilter {
    /// In any of these editions; empty: in any.
    pub langs: Vec<LanguageTag>,
    /// In sections, each with those below it.
    pub sections: AllOfAny<Reference>,
    /// Of sources.
    pub sources: AllOfAny<Reference>,
}

/// A filter as it is written: whoever forges a cursor gets nothing in that a parameter would not take.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    langs: Vec<String>,
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    sections: Vec<Vec<String>>,
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<Vec<String>>,
}

impl From<SyncFilter> for Written {
    fn from(filter: SyncFilter) -> Self {
        let word = |reference: &Reference| match reference {
            Reference::Id(id) => id.to_string(),
            Reference::Slug(slug) => slug.clone(),
        };
        let words = |groups: &AllOfAny<Reference>| {
            let group = |group: &Vec<Reference>| group.iter().map(word).collect();
            groups.iter().map(group).collect()
        };
        Self {
            langs: filter.langs.iter().map(ToString::to_string).collect(),
            sections: words(&filter.sections),
            sources: words(&filter.sources),
        }
    }
}

impl TryFrom<Written> for SyncFilter {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let langs = written
            .langs
            .iter()
            .map(|tag| LanguageTag::parse_filter(tag));
        Ok(Self {
            langs: langs
                .collect::<Result<_, _>>()
                .map_err(|_| "no language tag")?,
            sections: read_groups(&written.sections, true)?,
            sources: read_groups(&written.sources, false)?,
        })
    }
}

fn read_groups(
    groups: &[Vec<String>],
    are_paths: bool,
) -> Result<AllOfAny<Reference>, &'static str> {
    if groups.len() > MOST_GROUPS || groups.iter().map(Vec::len).sum::<usize>() > MOST_VALUES {
        return Err("more names than a parameter takes");
    }
    let read = |word: &String| match !word.contains('\0') && Reference::is_short(word, are_paths) {
        true => Ok(Reference::parse(word)),
        false => Err("no name"),
    };
    let groups = groups.iter().map(|group| group.iter().map(read).collect());
    groups.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_reads_back_as_it_was_and_takes_no_forged_names() {
        let filter = SyncFilter {
            langs: vec![LanguageTag::parse("zh-Hant").unwrap()],
            sections: vec![vec![Reference::Slug("world/asia".to_owned())]],
            sources: vec![vec![Reference::parse(
                "018a0000-0001-7000-8000-000000000001",
            )]],
        };
        let text = serde_json::to_string(&filter).unwrap();
        assert_eq!(serde_json::from_str::<SyncFilter>(&text).unwrap(), filter);
        assert_eq!(serde_json::to_string(&SyncFilter::default()).unwrap(), "{}");
        for forged in [
            r#"{"s":[["a\u0000"]]}"#.to_owned(),
            r#"{"l":["e_n"]}"#.to_owned(),
            format!(r#"{{"o":[["{}"]]}}"#, "a".repeat(201)),
            format!(r#"{{"o":[{}[]]}}"#, r#"["a"],"#.repeat(20)),
            format!(r#"{{"s":[[{}"a"]]}}"#, r#""a","#.repeat(100)),
        ] {
            assert!(serde_json::from_str::<SyncFilter>(&forged).is_err());
        }
    }
}

//! Languages as other systems write them: a tag, a locale, or the name of a language.

use crate::domain::error::Invalid;
use crate::domain::language::LanguageTag;

use super::record::Finding;

/// Reads the language of texts.
///
/// # Errors
/// `invalid_language` for what is no language, or the code of no one language.
pub(super) fn read(written: &str) -> Result<LanguageTag, Invalid> {
    let tag = LanguageTag::read(written)?;
    tag.of_texts().map(|()| tag)
}

/// The language of a record, among those that are written for it, the nearest first: the first that can be read. Where none
/// can, it is the nearest as it is written, of which the reader of the record tells; where none is written, that of the import.
pub(super) fn nearest(
    written: impl IntoIterator<Item = String>,
    import: Option<&LanguageTag>,
    notes: &mut Vec<Finding>,
) -> Option<String> {
    let mut unread: Option<String> = None;
    for text in written {
        let text = text.trim().replace('_', "-");
        if text.is_empty() {
            continue;
        }
        if read(&text).is_err() {
            unread.get_or_insert(text);
            continue;
        }
        if let Some(nearer) = unread {
            let detail =
                format!("{nearer} is no language; {text}, which is written around it, is taken");
            notes.push(Finding::at("/lang", "invalid_language", detail).shared());
        }
        return Some(text);
    }
    unread.or_else(|| import.map(ToString::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_language_that_can_be_read_is_taken() {
        let import = LanguageTag::parse("fr").ok();
        for (written, taken, told) in [
            (vec!["zh_CN", "en"], Some("zh-CN"), 0),
            (vec!["", "english"], Some("english"), 0),
            (vec!["klingonese", "en"], Some("en"), 1),
            (vec!["klingonese", "mul"], Some("klingonese"), 0),
            (vec![], Some("fr"), 0),
        ] {
            let mut notes = Vec::new();
            let words = written.iter().map(ToString::to_string);
            let lang = nearest(words, import.as_ref(), &mut notes);
            assert_eq!((lang.as_deref(), notes.len()), (taken, told), "{written:?}");
        }
    }
}

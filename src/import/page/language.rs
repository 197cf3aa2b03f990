//! The language of a page, told from its script and its function words.

use super::text::is_han;

/// As much of a text as is looked at, in characters.
const SAMPLE: usize = 20_000;

/// Function words by language. Those of several languages count for each.
const FUNCTION_WORDS: [(&str, &[&str]); 8] = [
    (
        "en",
        &[
            "the", "and", "of", "to", "in", "is", "that", "for", "with", "was", "on", "as", "it",
            "by", "are", "from", "has", "have", "at", "be", "this", "which", "will", "their",
            "not", "an", "he", "she", "they", "we", "you", "said", "its", "his", "her", "were",
            "who", "but", "or", "i", "my", "our", "your", "after", "into", "about", "more", "than",
            "what", "when", "how", "a",
        ],
    ),
    (
        "fr",
        &[
            "le", "la", "les", "et", "est", "un", "une", "que", "qui", "dans", "pour", "par",
            "sur", "au", "aux", "pas", "ce", "cette", "il", "elle", "en", "plus", "avec", "sont",
            "se", "sa", "son", "ses", "ont", "mais", "ou", "nous", "vous", "à", "été", "ne",
            "leur", "était", "ils", "on", "je", "cela", "ces", "être", "fait", "avait", "a",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "das", "und", "ist", "nicht", "ein", "eine", "mit", "von", "zu", "den",
            "im", "auf", "für", "sich", "dem", "des", "auch", "werden", "wurde",
        ],
    ),
    (
        "es",
        &[
            "el", "los", "las", "del", "y", "una", "por", "con", "para", "su", "al", "lo", "como",
            "más", "pero", "sus", "fue", "este", "ha", "que", "en", "de",
        ],
    ),
    (
        "it",
        &[
            "il", "di", "che", "è", "per", "una", "sono", "con", "del", "della", "gli", "non",
            "si", "dei", "alla", "più", "anche", "nel", "ha",
        ],
    ),
    (
        "pt",
        &[
            "o", "os", "as", "do", "da", "em", "uma", "não", "com", "por", "dos", "mais", "ao",
            "foi", "são", "pela", "que", "no", "na",
        ],
    ),
    (
        "nl",
        &[
            "het", "een", "van", "en", "de", "is", "dat", "op", "te", "voor", "met", "zijn",
            "niet", "aan", "ook", "werd",
        ],
    ),
    (
        "tr",
        &[
            "ve", "bir", "bu", "için", "ile", "olarak", "da", "de", "daha", "çok", "olan", "gibi",
        ],
    ),
];

/// Words that also stand in names and lists, and so prove no sentence.
const NAME_WORDS: [&str; 6] = ["of", "the", "and", "et", "la", "le"];

/// True if the text ends with a function word in lower case, which no line that is whole does.
pub(super) fn ends_open(text: &str) -> bool {
    let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = last.rsplit(['’', '\'']).next().unwrap_or_default();
    FUNCTION_WORDS[..2]
        .iter()
        .any(|(_, words)| words.contains(&word))
        || ["de", "du", "des"].contains(&word)
}

/// The BCP 47 primary tag of the language that the text is written in; `en` when nothing tells.
pub(super) fn detect(text: &str) -> &'static str {
    by_script(text).unwrap_or_else(|| by_words(text))
}

fn by_script(text: &str) -> Option<&'static str> {
    let mut counts = [0usize; 7];
    let mut letters = 0usize;
    for c in text.chars().take(SAMPLE).filter(|c| c.is_alphabetic()) {
        letters += 1;
        if let Some(script) = script(c) {
            counts[script] += 1;
        }
    }
    let tags = ["zh", "ja", "ko", "ru", "ar", "el", "hi"];
    if counts[1] * 8 > counts[0] && (counts[0] + counts[1]) * 3 > letters {
        return Some("ja");
    }
    (0..tags.len())
        .filter(|i| counts[*i] * 3 > letters)
        .max_by_key(|i| counts[*i])
        .map(|i| tags[i])
}

fn script(c: char) -> Option<usize> {
    match c {
        c if is_han(c) => Some(0),
        '\u{3040}'..='\u{30ff}' => Some(1),
        '\u{ac00}'..='\u{d7a3}' => Some(2),
        '\u{400}'..='\u{4ff}' => Some(3),
        '\u{600}'..='\u{6ff}' => Some(4),
        '\u{370}'..='\u{3ff}' => Some(5),
        '\u{900}'..='\u{97f}' => Some(6),
        _ => None,
    }
}

fn by_words(text: &str) -> &'static str {
    let sample: String = text.chars().take(SAMPLE).collect();
    let mut scores = [0usize; FUNCTION_WORDS.len()];
    for word in words(&sample) {
        for (score, (_, list)) in scores.iter_mut().zip(FUNCTION_WORDS) {
            *score += usize::from(list.contains(&word.as_str()));
        }
    }
    let best = (0..scores.len())
        .rev()
        .max_by_key(|i| scores[*i])
        .unwrap_or(0);
    FUNCTION_WORDS[best].0
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\u{ad}')
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.chars()
                .filter(|c| *c != '\u{ad}')
                .flat_map(char::to_lowercase)
                .collect()
        })
}

/// True if at least one word of the text is a function word that does not also stand in names.
pub(super) fn has_function_word(text: &str) -> bool {
    distinct_function_words(text, 1) >= 1
}

/// True if the text has the words of sentences, not of a list of names or of menu entries, which print them with a capital.
/// A text of a script without word lists is taken to have them.
pub(super) fn is_running_text(text: &str) -> bool {
    by_script(&text.chars().take(400).collect::<String>()).is_some()
        || (distinct_function_words(text, 2) >= 2 && !is_title_case(text))
}

/// True if every function word of the text begins with a capital, though other letters are small.
fn is_title_case(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let mut words = words.filter(|word| !word.is_empty());
    let is_function_word = |word: &str| FUNCTION_WORDS.iter().any(|(_, list)| list.contains(&word));
    text.contains(char::is_lowercase) && !words.any(is_function_word)
}

fn distinct_function_words(text: &str, enough: usize) -> usize {
    let sample: String = text.chars().take(600).collect();
    let mut seen: Vec<String> = Vec::new();
    for word in words(&sample) {
        let counts = !NAME_WORDS.contains(&word.as_str())
            && FUNCTION_WORDS
                .iter()
                .any(|(_, list)| list.contains(&word.as_str()));
        if counts && word != "de" && word != "des" && !seen.contains(&word) {
            seen.push(word);
        }
        if seen.len() >= enough {
            break;
        }
    }
    seen.len()
}

/// Languages as a switch names them: in themselves.
const ENDONYMS: [&str; 46] = [
    "中文",
    "简体中文",
    "繁體中文",
    "繁体中文",
    "简体",
    "繁體",
    "English",
    "Français",
    "Deutsch",
    "Español",
    "Italiano",
    "Português",
    "Русский",
    "العربية",
    "عربي",
    "日本語",
    "日本语",
    "한국어",
    "Türkçe",
    "Ελληνικά",
    "Magyar",
    "فارسی",
    "Shqip",
    "Română",
    "ქართული",
    "български",
    "Български",
    "Srpski",
    "Polski",
    "Nederlands",
    "Svenska",
    "Dansk",
    "Norsk",
    "Suomi",
    "Čeština",
    "Українська",
    "हिन्दी",
    "বাংলা",
    "Tiếng Việt",
    "ไทย",
    "Bahasa Indonesia",
    "Bahasa Melayu",
    "Kiswahili",
    "Hausa",
    "עברית",
    "اردو",
];

/// The languages named by a line of a language switch; none when the line says anything else.
pub(super) fn switch(line: &str) -> Vec<String> {
    let mut rest = line.trim_matches(|c: char| !c.is_alphanumeric());
    let mut found = Vec::new();
    while !rest.is_empty() {
        let Some(name) = ENDONYMS
            .iter()
            .filter(|name| rest.starts_with(**name))
            .max_by_key(|name| name.len())
        else {
            return Vec::new();
        };
        found.push((*name).to_owned());
        rest = rest[name.len()..].trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, '|' | '/' | '·' | ',' | '-')
        });
    }
    found
}

//! The registered languages (ISO 639, as BCP 47 takes them), and their other names.

use isolang::Language;

/// Subtags that are registered and stand in no table of single languages: retired ones, and what is no one language.
const OTHERS: [&str; 10] = [
    "in", "iw", "ji", "jw", "mo", "sh", "mis", "mul", "und", "zxx",
];

/// Groups of languages (ISO 639-5).
const GROUPS: &str = "aav afa alg alv apa aqa aql art ath auf aus awd azc bad bai bat ber bih bnt btk cai cau cba ccn ccs cdc cdd cel cmc cpe cpf cpp crp csu cus day dmn dra egx esx euq fiu fox gem gme gmq gmw grk hmx hok hyx iir ijo inc ine ira iro itc jpx kar kdo khi kro map mkh mno mun myn nah nai ngf nic nub omq omv oto paa phi plf poz pqe pqw pra qwe roa sai sal sdv sem sgn sio sit sla smi son sqj ssa syd tai tbq trk tup tut tuw urj wak wen xgn xnd ypk zhx zle zls zlw znd";

/// Codes of ISO 639-2 for use in libraries that differ from the others.
const BIBLIOGRAPHIC: [(&str, &str); 20] = [
    ("alb", "sq"),
    ("arm", "hy"),
    ("baq", "eu"),
    ("bur", "my"),
    ("chi", "zh"),
    ("cze", "cs"),
    ("dut", "nl"),
    ("fre", "fr"),
    ("geo", "ka"),
    ("ger", "de"),
    ("gre", "el"),
    ("ice", "is"),
    ("mac", "mk"),
    ("may", "ms"),
    ("mao", "mi"),
    ("per", "fa"),
    ("rum", "ro"),
    ("slo", "sk"),
    ("tib", "bo"),
    ("wel", "cy"),
];

/// Names in English, in French, in Chinese and in the language itself, in lower case; other English names are ISO's.
const NAMES: [(&str, &[&str]); 40] = [
    ("en", &["english", "anglais", "英语", "英文", "英語"]),
    (
        "fr",
        &["french", "français", "francais", "法语", "法文", "法語"],
    ),
    (
        "zh",
        &[
            "chinese",
            "mandarin",
            "mandarin chinese",
            "chinois",
            "中文",
            "汉语",
            "漢語",
            "华语",
            "普通话",
        ],
    ),
    (
        "zh-Hans",
        &[
            "simplified chinese",
            "chinese (simplified)",
            "chinois simplifié",
            "简体中文",
            "简体",
            "简中",
            "中文（简体）",
            "中文(简体)",
        ],
    ),
    (
        "zh-Hant",
        &[
            "traditional chinese",
            "chinese (traditional)",
            "chinois traditionnel",
            "繁體中文",
            "繁体中文",
            "繁體",
            "繁体",
            "中文（繁體）",
            "中文(繁體)",
        ],
    ),
    ("yue", &["cantonese", "cantonais", "粤语", "粵語", "广东话"]),
    ("de", &["german", "allemand", "德语", "德文", "deutsch"]),
    (
        "es",
        &[
            "spanish",
            "castilian",
            "espagnol",
            "西班牙语",
            "西班牙文",
            "español",
            "espanol",
        ],
    ),
    ("it", &["italian", "italien", "意大利语", "italiano"]),
    ("pt", &["portuguese", "portugais", "葡萄牙语", "português"]),
    ("ru", &["russian", "russe", "俄语", "俄文", "русский"]),
    ("ar", &["arabic", "arabe", "阿拉伯语", "العربية"]),
    ("ja", &["japanese", "japonais", "日语", "日文", "日本語"]),
    (
        "ko",
        &["korean", "coréen", "韩语", "韩文", "朝鲜语", "한국어"],
    ),
    (
        "nl",
        &["dutch", "flemish", "néerlandais", "荷兰语", "nederlands"],
    ),
    ("sv", &["swedish", "suédois", "瑞典语", "svenska"]),
    ("da", &["danish", "danois", "丹麦语", "dansk"]),
    ("no", &["norwegian", "norvégien", "挪威语", "norsk"]),
    ("fi", &["finnish", "finnois", "芬兰语", "suomi"]),
    ("pl", &["polish", "polonais", "波兰语", "polski"]),
    ("cs", &["czech", "tchèque", "捷克语", "čeština"]),
    ("hu", &["hungarian", "hongrois", "匈牙利语", "magyar"]),
    (
        "ro",
        &["romanian", "moldavian", "roumain", "罗马尼亚语", "română"],
    ),
    (
        "el",
        &["greek", "modern greek", "grec", "希腊语", "ελληνικά"],
    ),
    ("tr", &["turkish", "turc", "土耳其语", "türkçe"]),
    ("uk", &["ukrainian", "ukrainien", "乌克兰语", "українська"]),
    ("he", &["hebrew", "hébreu", "希伯来语", "עברית"]),
    ("fa", &["persian", "farsi", "persan", "波斯语", "فارسی"]),
    ("hi", &["hindi", "印地语", "हिन्दी"]),
    ("bn", &["bengali", "bangla", "孟加拉语", "বাংলা"]),
    ("ur", &["urdu", "ourdou", "乌尔都语", "اردو"]),
    ("vi", &["vietnamese", "vietnamien", "越南语", "tiếng việt"]),
    ("th", &["thai", "thaï", "泰语", "ไทย"]),
    (
        "id",
        &[
            "indonesian",
            "indonésien",
            "印尼语",
            "印度尼西亚语",
            "bahasa indonesia",
        ],
    ),
    ("ms", &["malay", "malais", "马来语", "bahasa melayu"]),
    ("sw", &["swahili", "斯瓦希里语", "kiswahili"]),
    (
        "ht",
        &[
            "haitian",
            "haitian creole",
            "créole haïtien",
            "kreyòl ayisyen",
        ],
    ),
    ("ca", &["catalan", "加泰罗尼亚语", "català"]),
    ("bo", &["tibetan", "tibétain", "藏语", "藏文"]),
    (
        "ug",
        &["uyghur", "uighur", "ouïghour", "维吾尔语", "ئۇيغۇرچە"],
    ),
];

/// True if a subtag, in lower case, is for private use.
pub(super) fn is_private(primary: &str) -> bool {
    primary == "x" || (primary.len() == 3 && ("qaa"..="qtz").contains(&primary))
}

/// True if BCP 47 takes the subtag, in lower case, as a language: the shortest code of ISO 639, or one for private use.
pub(super) fn is_registered(primary: &str) -> bool {
    match primary.len() {
        1 => true,
        2 => Language::from_639_1(primary).is_some() || OTHERS.contains(&primary),
        3 => {
            let single = Language::from_639_3(primary);
            single.is_some_and(|language| language.to_639_1().is_none())
                || OTHERS.contains(&primary)
                || is_private(primary)
                || GROUPS.split(' ').any(|group| group == primary)
        }
        _ => false,
    }
}

/// The tag of a longer code of ISO 639: `en` for `eng`.
pub(super) fn of_code(code: &str) -> Option<&'static str> {
    let bibliographic = BIBLIOGRAPHIC.iter().find(|(long, _)| *long == code);
    bibliographic
        .map(|(_, tag)| *tag)
        .or_else(|| Language::from_639_3(code)?.to_639_1())
}

/// The tag of a language that is called so, whatever the case.
pub(super) fn of_name(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let known = NAMES
        .iter()
        .find(|(_, names)| names.contains(&name.as_str()));
    known.map(|(tag, _)| *tag).or_else(|| {
        // Some languages have the name of a letter.
        if name.len() < 3 {
            return None;
        }
        let mut letters = name.chars();
        let first = letters.next()?.to_uppercase();
        let language = Language::from_name(&first.chain(letters).collect::<String>())?;
        Some(language.to_639_1().unwrap_or_else(|| language.to_639_3()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_lead_to_registered_languages() {
        for (_, tag) in BIBLIOGRAPHIC {
            assert!(is_registered(tag), "{tag}");
        }
        for (tag, names) in NAMES {
            assert!(is_registered(tag.split('-').next().unwrap()), "{tag}");
            for name in names {
                assert_eq!(*name, name.to_lowercase(), "{tag}");
                assert_eq!(of_name(name), Some(tag), "{name}");
            }
        }
        assert!(GROUPS.split(' ').all(is_registered));
    }
}

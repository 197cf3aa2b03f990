//! Topics: of the first twenty hits, how many are of what was asked for.

use masthead::domain::search::Document;
use masthead::search::fold::fold;

use crate::articles::Judges;

/// Number of hits that are judged.
pub(crate) const JUDGED: usize = 20;

/// A topic in a language: what is typed, and what an article must carry or hold.
pub(crate) struct Topic {
    pub(crate) typed: String,
    tag: Option<String>,
}

impl Topic {
    fn tagged(typed: &str, tag: &str) -> Self {
        Self {
            typed: typed.to_owned(),
            tag: Some(tag.to_owned()),
        }
    }

    fn held(typed: &str) -> Self {
        Self {
            typed: typed.to_owned(),
            tag: None,
        }
    }

    pub(crate) const fn is_tagged(&self) -> bool {
        self.tag.is_some()
    }

    pub(crate) fn is_met(&self, document: &Document, judges: &Judges) -> bool {
        match &self.tag {
            Some(tag) => judges
                .get(&document.id)
                .is_some_and(|tags| tags.contains(tag)),
            None => {
                let wanted = fold(&self.typed);
                [&document.title, &document.lead, &document.body]
                    .iter()
                    .any(|text| fold(text).contains(&wanted))
            }
        }
    }
}

/// Topics, with the precision and recall that are wanted.
pub(crate) struct Topics {
    pub(crate) name: &'static str,
    pub(crate) lang: &'static str,
    pub(crate) wanted: (f64, f64),
    pub(crate) all: Vec<Topic>,
}

/// English queries, each with the tag of the articles about it.
const ENGLISH: [(&str, &str); 16] = [
    ("coffee export quotas", "topics:coffee"),
    ("gold mine ounces", "topics:gold"),
    ("sugar tonnes", "topics:sugar"),
    ("opec crude oil", "topics:crude"),
    ("soybean crop", "topics:soybean"),
    ("natural gas", "topics:nat-gas"),
    ("wheat tonnes", "topics:wheat"),
    ("consumer prices inflation", "topics:cpi"),
    ("money supply", "topics:money-supply"),
    ("current account deficit", "topics:bop"),
    ("cattle hogs", "topics:livestock"),
    ("port strike ships", "topics:ship"),
    ("quarterly net profit", "topics:earn"),
    ("tender offer shares acquisition", "topics:acq"),
    ("gross national product growth", "topics:gnp"),
    ("palm oil", "topics:veg-oil"),
];

/// Words of topics in Chinese.
const CHINESE: [&str; 10] = [
    "垃圾分类",
    "疫苗接种",
    "文件系统",
    "虚拟机",
    "脱贫攻坚",
    "防火墙",
    "内核模块",
    "高铁",
    "环境变量",
    "乡村振兴",
];

/// Topics of each kind. Those of French are the tags of ten articles or more.
pub(crate) fn topics(judges: &Judges) -> Vec<Topics> {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for tag in judges.values().flatten().filter(|tag| !tag.contains(':')) {
        *counts.entry(tag).or_default() += 1;
    }
    let french = counts.iter().filter(|(_, count)| **count >= 10);
    let held = |texts: &[&str]| texts.iter().map(|text| Topic::held(text)).collect();
    vec![
        Topics {
            name: "topic, tagged",
            lang: "en",
            wanted: (0.80, 0.78),
            all: ENGLISH.map(|(typed, tag)| Topic::tagged(typed, tag)).into(),
        },
        Topics {
            name: "topic, tagged",
            lang: "fr",
            wanted: (0.62, 0.70),
            all: french.map(|(tag, _)| Topic::tagged(tag, tag)).collect(),
        },
        Topics {
            name: "topic, held",
            lang: "fr",
            wanted: (0.92, 0.98),
            all: held(&[
                "données ouvertes",
                "fond de carte",
                "logiciel libre",
                "base de données",
                "système de coordonnées",
            ]),
        },
        Topics {
            name: "topic, held",
            lang: "zh",
            wanted: (0.92, 0.93),
            all: held(&CHINESE),
        },
    ]
}

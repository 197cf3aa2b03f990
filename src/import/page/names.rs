//! Telling the names of people from those of papers, agencies and sections.

use std::sync::LazyLock;

use regex::Regex;

use super::text::{fold, is_chinese, is_han};

const ORGANISATION: &str = r"(?ix)\b(?:news|newsroom|press|presse|times|post|daily|journal|gazette|tribune|herald|magazine|media|médias?|agency|agencies|agences?|staff|writers?|reporters?|correspondents?|correspondants?|editors?|editorial|desk|team|bureau|university|université|college|institute|institut|school|école|foundation|fondation|association|ministry|ministère|department|office|council|committee|commission|centre|center|group|groupe|society|société|network|service|rédaction|redaction|radio|tv|télévision|online|associated|reuters|afp|ap|upi|xinhua|inc|ltd|llc|company|corporation|france|world|international|national|the|admin|communications?|relations|equipe|équipe|contributor|guest|com|org|net)\b|\.(?:com|org|net|fr|cn|co|uk|eu)\b";
const SECTION: &str = r"(?ix)\b(?:latest|breaking|politics?|politique|sports?|business|culture|science|sciences|health|santé|opinion|analysis|analyse|economy|économie|technology|travel|voyage|education|éducation|environment|environnement|local|video|vidéo|photos?|update[ds]?|share|report|feature|interview|review|story|article|actualités?|home|accueil|about|research|recherche|communiqué|reading|minutes?|today|yesterday|published|posted|publié|written|sections?|city|ville|region|région|life|style|arts?|books?|music|archives?|exclusive|exclusif|reportage|enquête|portrait|january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b";
const PARTICLES: [&str; 20] = [
    "de", "du", "des", "van", "von", "der", "den", "da", "di", "del", "della", "la", "le", "bin",
    "al", "el", "ben", "ter", "y", "e",
];
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严欧莫孔向常汤裴霍康牛文施洪俞祝柳庄鲁纪翁岳左盛章梅骆童倪齐卓卞闫颜安乔甘詹包柯伍翟游申葛凌殷路关米舒屈柴温项宁阮房聂焦欧阳司马诸葛季辛冉单管祁耿邢辜华成费商解计鲍尚连仇苗鞠楚娄晏岑樊丛艾佟冷甄宫邬车滕桂穆奚隋";

static ORG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(ORGANISATION).expect("the pattern is a constant"));
static SECTION_WORD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(SECTION).expect("the pattern is a constant"));
static OFFICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:the )?(?:université|university|institut|institute|department|ministry|ministère|école|agence|agency|association|fondation)\b|\b(?:university|institute|institute of \w+|press|agency|foundation|association|department|news|times|college|centre|center)$").expect("the pattern is a constant")
});
static PAPER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:news|press|presse|times|post|journal|radio|tv|television|télévision|magazine|agency|agence|afp|reuters|upi|xinhua|gazette|tribune|herald|broadcasting)\b|\.(?:com|org|net|fr|cn)$").expect("the pattern is a constant")
});
static AGENCY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:the )?(?:associated press|reuters|agence france[- ]presse|united press international|press association|pa media|australian associated press|canadian press|press trust of india|deutsche presse-agentur|keystone-ats|europa press|kyodo news|jiji press|xinhua)$").expect("the pattern is a constant")
});
static DESK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:university |corporate |web |media )?communications?|staff(?: (?:writer|reporter)s?)?|news(?:room|desk)?|editorial(?: (?:team|staff|board))?|(?:public|media) relations|service (?:de )?(?:la )?communication|(?:la )?rédaction)$").expect("the pattern is a constant")
});
static INVITATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:lire|voir|feuilleter|acheter|consulter|télécharger|recevoir|découvrir|s.abonner|read|view|see|get|buy|try|download|subscribe|today.s|votre|notre|your|our)\s").expect("the pattern is a constant")
});
static HAN_ORG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:网|报|社|台|局|部|委|办|院|馆|会|处|所|校|频道|周刊|杂志|在线|客户端|中心|公司|集团|新闻|日报|晚报|早报|时报|公众号|大学|学院|银行|政府|APP|号|站|原创|综合)$|网[-—]|·").expect("the pattern is a constant")
});
static SPLIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s*(?:[,;，；、/]|\s&(?:\s|$)|\s(?:and|et|y|und)\s)\s*")
        .expect("the pattern is a constant")
});
static HELP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s(?:with|avec|and|et)\s(?:the\s|les\s|l.)?(?:agenc|AFP|Reuters|AP\b|wires?|files?|inputs|dpa|staff|associated press).*$").expect("the pattern is a constant")
});

/// Names taken from a byline, and the paper or desk printed after them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) people: Vec<String>,
    pub(super) affiliation: Option<String>,
}

/// Parts the value of a byline. Whoever is named first is taken, a person or not; of the others, people only.
pub(super) fn split(value: &str) -> Named {
    if is_chinese(value) {
        return Named {
            people: split_chinese(value),
            affiliation: None,
        };
    }
    let value = HELP.replace(value, "");
    let mut named = Named::default();
    for piece in SPLIT
        .split(&value)
        .map(clean)
        .filter(|piece| !piece.is_empty())
    {
        if named.people.is_empty() || is_person(&piece) {
            if !named.people.contains(&piece)
                && piece.chars().any(char::is_alphabetic)
                && piece.len() < 80
            {
                named.people.push(piece);
            }
        } else if named.affiliation.is_none() && is_organisation(&piece) && !is_desk(&piece) {
            named.affiliation = Some(piece);
        }
    }
    named
}

/// A Latin-script name without footnote marks, handles and closing punctuation.
pub(super) fn clean(piece: &str) -> String {
    let bare = piece.split(['@', '(', '[', '（']).next().unwrap_or(piece);
    let bare = bare.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ',' | ';'
                    | ':'
                    | '|'
                    | '*'
                    | '•'
                    | '·'
                    | '&'
                    | '-'
                    | '–'
                    | '—'
                    | '†'
                    | '#'
                    | '"'
                    | '“'
                    | '”'
                    | '…'
            )
    });
    let name = bare.trim_end_matches(|c: char| {
        c.is_ascii_digit() || c.is_whitespace() || matches!(c, ',' | '*')
    });
    let bare = if name.contains(' ') && name.ends_with(char::is_lowercase) {
        name
    } else {
        bare
    };
    let bare = if bare.ends_with('.')
        && bare
            .split_whitespace()
            .last()
            .is_some_and(|last| last.len() > 3)
    {
        bare.trim_end_matches('.')
    } else {
        bare
    };
    once(&fold(bare)).to_owned()
}

/// A name that is printed twice, once.
fn once(name: &str) -> &str {
    let words = name.split(' ').count();
    let middle = name.match_indices(' ').nth((words / 2).saturating_sub(1));
    match middle.map(|(at, _)| (&name[..at], &name[at + 1..])) {
        Some((first, second)) if words >= 4 && first == second => first,
        _ => name,
    }
}

fn split_chinese(value: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for piece in value.split(|c: char| {
        c.is_whitespace() || matches!(c, '、' | '，' | ',' | ';' | '；' | '/' | '|' | '丨')
    }) {
        let piece = piece.trim_matches(|c: char| !c.is_alphanumeric());
        let is_code = !piece.chars().any(is_han);
        if piece.is_empty()
            || names.iter().any(|name| name == piece)
            || (is_code && !names.is_empty())
        {
            continue;
        }
        if !names.is_empty() && !is_han_person(piece) {
            break;
        }
        names.push(piece.to_owned());
    }
    join_spaced(names)
}

/// Names behind the word for a reporter, up to the first that is an office: people there need no usual surname.
pub(super) fn reporters(value: &str) -> Vec<String> {
    let pieces = value
        .split(|c: char| c.is_whitespace() || matches!(c, '、' | '，' | ','))
        .filter(|piece| !piece.is_empty());
    let mut names: Vec<String> = Vec::new();
    for piece in pieces.take_while(|piece| !HAN_ORG.is_match(piece)) {
        if piece.chars().all(is_han) && !names.iter().any(|name| name == piece) {
            names.push(piece.to_owned());
        }
    }
    join_spaced(names)
}

/// Names without the paper that is printed before them: `环宇网 苗若兰`.
pub(super) fn without_paper(names: Vec<String>) -> Vec<String> {
    let behind = names.len() > 1
        && HAN_ORG.is_match(&names[0])
        && names[1..].iter().all(|name| is_han_person(name));
    names.into_iter().skip(usize::from(behind)).collect()
}

/// A department of the publisher, which is no source.
pub(super) fn is_desk(text: &str) -> bool {
    DESK.is_match(text)
}

/// `李　明` is one name set in two columns.
fn join_spaced(names: Vec<String>) -> Vec<String> {
    let single = names.len() == 2 && names.iter().all(|name| name.chars().count() == 1);
    if single { vec![names.concat()] } else { names }
}

/// True if the text reads as the name of one person.
pub(super) fn is_person(text: &str) -> bool {
    if is_chinese(text) {
        return is_han_person(text);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let letters = text
        .chars()
        .all(|c| c.is_alphabetic() || c.is_whitespace() || matches!(c, '.' | '-' | '\'' | '’'));
    let named = words.iter().all(|word| {
        PARTICLES.contains(word)
            || word.starts_with("d’")
            || word.starts_with("d'")
            || word.starts_with(char::is_uppercase)
    });
    (2..=5).contains(&words.len())
        && letters
        && named
        && words[0].starts_with(char::is_uppercase)
        && !is_organisation(text)
        && !SECTION_WORD.is_match(text)
}

/// A Chinese name of two to four characters that starts with a surname, or a foreign one with its dot.
pub(super) fn is_han_person(text: &str) -> bool {
    let count = text.chars().count();
    let all_han = text.chars().all(|c| is_han(c) || c == '·');
    all_han
        && ((2..=4).contains(&count)
            && text.chars().next().is_some_and(|c| SURNAMES.contains(c))
            && !HAN_ORG.is_match(text)
            || (text.contains('·') && count <= 14))
}

/// True if the text names an institution in Latin script, by its last words.
pub(super) fn is_office(text: &str) -> bool {
    OFFICE.is_match(text)
}

/// True if a Latin-script text reads as the name of a paper, an agency or an institution, and as nothing else.
pub(super) fn is_paper(text: &str) -> bool {
    let words = text.split_whitespace().count();
    let plain = words <= 6
        && !INVITATION.is_match(text)
        && !text.contains([':', ',', '£', '$', '?', '!'])
        && text.starts_with(|c: char| c.is_uppercase());
    let one_word = words == 1
        && (2..=20).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_uppercase() || matches!(c, '.' | '-'));
    plain && (one_word || is_office(text) || PAPER.is_match(text))
}

/// True if the text is the name of a news agency, which signs its reports with it. Its letters alone tell the source only.
pub(super) fn is_agency(text: &str) -> bool {
    AGENCY.is_match(text)
}

/// True if the text reads as the name of a paper, an agency or an office.
pub(super) fn is_organisation(text: &str) -> bool {
    if is_chinese(text) {
        return HAN_ORG.is_match(text);
    }
    let one_word = !text.contains(char::is_whitespace);
    ORG.is_match(text)
        || (one_word
            && text.len() > 1
            && text
                .chars()
                .all(|c| c.is_uppercase() || c == '.' || c == '-'))
}

//! Pages wrapped by terminals and formatters that keep words whole and let no line begin with a closing sign.

use super::*;

/// The place of a closing sign that has no room.
#[derive(Clone, Copy)]
enum Closing {
    /// It hangs behind the last column.
    Hangs,
    /// The character before it goes on the next line.
    Moves,
}

const CLOSING: [char; 14] = [
    '，', '。', '、', '；', '：', '！', '？', '）', '》', '”', '’', '」', '』', '】',
];

/// Latin words, numbers and addresses as they are, and every other character alone.
fn tokens(line: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || ".,:/@_%+-".contains(c);
    let mut tokens = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let end = match is_word(first) {
            true => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        tokens.push(&rest[..end]);
        rest = &rest[end..];
    }
    tokens
}

fn units(line: &str, closing: Closing) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    for token in tokens(line) {
        match units.last_mut() {
            Some(unit) if token.starts_with(CLOSING) && matches!(closing, Closing::Moves) => {
                unit.push_str(token);
            }
            _ => units.push(token.to_owned()),
        }
    }
    units
}

/// Wraps at a number of columns as a terminal does; blanks at line ends are dropped.
fn shown(page: &str, width: usize, closing: Closing) -> String {
    let mut rows = Vec::new();
    for line in page.split('\n') {
        let mut row = String::new();
        for unit in units(line, closing) {
            let fits = Measure::Columns.of(&row) + Measure::Columns.of(&unit) <= width;
            let stays = matches!(closing, Closing::Hangs) && unit.starts_with(CLOSING);
            if !(fits || row.is_empty() || stays) {
                rows.push(row.trim_end_matches(' ').to_owned());
                row.clear();
                if unit == " " {
                    continue;
                }
            }
            row.push_str(&unit);
        }
        rows.push(row);
    }
    rows.join("\n")
}

const NEWS: &str = "湖滨日报\n\n首页 > 要闻\n\n铁路部门提醒旅客谨慎购票\n\n2024-06-02 来源：湖滨日报\n\n今晚，中国铁路总公司通过官方微博发布辟谣消息称：网传信息不实，铁路12306网站未发生用户信息泄漏。\n\n铁路部门提醒广大旅客，请通过铁路12306官方网站（www.12306.cn）和“铁路12306”客户端（在“铁路12306”字体上方标有路徽和“中国铁路”字样的图标）购票，避免非正常渠道购票带来的风险。\n\n责任编辑：李明\n\n版权所有 湖滨日报";

#[test]
fn a_closing_sign_that_hangs_is_no_wider_page() {
    for width in [72, 74, 76, 78, 80] {
        let wrapped = shown(NEWS, width, Closing::Hangs);
        assert_eq!(texts(&wrapped).join("\n"), NEWS, "{wrapped}");
    }
}

#[test]
fn chinese_pages_that_a_terminal_wrapped_mostly_give_the_article_of_the_unwrapped_page() {
    let pages = articles("zh");
    for closing in [Closing::Hangs, Closing::Moves] {
        let mut others = Vec::new();
        for width in [72, 76, 80, 90, 100, 120] {
            let wrap = |page: &str| shown(page, width, closing);
            others.extend(other_articles(&pages, &width.to_string(), wrap));
        }
        println!("{}", others.join("\n"));
        let all = pages.len() * 6;
        assert!(others.len() * 100 <= all * 9, "{} of {all}", others.len());
    }
}

#[test]
fn pages_of_words_that_were_cut_at_the_last_column_mostly_give_the_article_of_the_unwrapped_page() {
    let pages = [articles("en"), articles("fr")].concat();
    let others = other_articles(&pages, "cut", |page| cut(page, 80, Measure::Characters));
    println!("{}", others.join("\n"));
    assert!(others.len() * 100 <= pages.len() * 6, "{}", others.len());
}

#[test]
fn a_number_that_was_cut_is_one_number() {
    let page = "云帆科技8月27日晚间披露半年报，公司上半年实现营业收入8.42亿元，同比增长21.6%；归属于上市公司股东的净利润1.13亿元。";
    let wrapped = page.replace("21.6", "2\n1.6");
    assert_eq!(texts(&wrapped), [page]);
}

#[test]
fn names_in_brackets_keep_their_blank_and_quotations_get_none() {
    let names = "据了解，水车今后每周末对游客开放，门票收入将用于日常养护，镇里还要办学校。（记者 温小榕 罗守田）";
    let quotation = "老木匠罗守田站在河边，看着第一斗水倒进石槽，半天没有说话。他说：“手艺不能断，水车能转，徒弟也就出师了。”";
    let page = [names, quotation, names, quotation].join("\n\n");
    for width in [82, 84] {
        let wrapped = stripped(&folded(&page, width, Measure::Columns));
        assert_eq!(texts(&wrapped).join("\n").trim_end(), page, "{wrapped}");
    }
    let page = [quotation, quotation].join("\n\n");
    for width in [72, 76, 80] {
        let wrapped = shown(&page, width, Closing::Moves);
        assert_eq!(texts(&wrapped).join("\n"), page, "{wrapped}");
    }
}

#[test]
fn a_copyright_line_is_a_line_of_its_own() {
    let page = format!("{NEWS}\nCopyright © 2024 lakeside.example. All rights reserved.");
    for width in [76, 80] {
        for wrapped in [
            shown(&page, width, Closing::Hangs),
            cut(&page, width, Measure::Columns),
        ] {
            assert_eq!(texts(&wrapped).join("\n"), page, "{wrapped}");
        }
    }
}

/// A row with so many blanks between its words that it takes `width` characters.
fn filled(row: &str, width: usize) -> String {
    let words: Vec<&str> = row.split(' ').collect();
    let gaps = words.len() - 1;
    let missing = width - row.chars().count();
    let mut filled = words[0].to_owned();
    for (at, word) in words[1..].iter().enumerate() {
        let blanks = 1 + missing / gaps + usize::from(at < missing % gaps);
        filled.push_str(&" ".repeat(blanks));
        filled.push_str(word);
    }
    filled
}

/// Wraps at blanks, all rows of a line but the last of exactly `width` characters.
fn justified(page: &str, width: usize) -> String {
    let line = |line: &str| {
        let folded = stripped(&folded(line, width, Measure::Characters));
        let mut rows: Vec<String> = folded.lines().map(str::to_owned).collect();
        let last = rows.pop().unwrap_or_default();
        let rows = rows.iter().map(|row| filled(row, width));
        rows.chain([last]).collect::<Vec<_>>().join("\n")
    };
    page.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn lines_of_words_that_are_all_of_one_length_are_joined_with_a_blank() {
    let page = [PROSE, PROSE, PROSE].join("\n");
    let page = page.trim_end();
    let wrapped = justified(page, 40);
    let lines: Vec<String> = texts(&wrapped).iter().map(|line| fold(line)).collect();
    assert_eq!(lines.join("\n"), page, "{wrapped}");
    for wrapped in [
        cut(page, 40, Measure::Characters),
        stripped(&cut(page, 40, Measure::Characters)),
    ] {
        assert_eq!(texts(&wrapped).join("\n").trim_end(), page, "{wrapped}");
    }
}

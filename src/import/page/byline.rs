//! Authors, editors, translators and source of the article: read from the lines around it.

use super::furniture;
use super::label::{self, Field};
use super::lines::{Furniture, Line, Lines};
use super::names;
use super::signature;
use super::text::{fold, is_chinese};

/// The facts of an article's making from the lines around it.
#[derive(Debug, Default)]
pub(super) struct Byline {
    pub(super) authors: Vec<String>,
    pub(super) editors: Vec<String>,
    pub(super) translators: Vec<String>,
    pub(super) credits: Vec<(String, String)>,
    pub(super) source: Option<String>,
    /// A paper named behind the author, or without a label in the date line: a guess at the source.
    pub(super) affiliation: Option<String>,
    pub(super) raw: Option<String>,
}

/// A name without a label stands at most so many lines from the date, those of furniture apart.
const BESIDE: usize = 3;

/// True if the line prints who made the article, where it is from or when it appeared, and nothing else.
pub(super) fn is_label_line(line: &Line) -> bool {
    if line.width > 160 || (line.prose && line.width > 110) {
        return false;
    }
    let labelled = label::read(&line.raw);
    let titled =
        |first: &label::Labelled| first.field == Field::Credit && first.value.chars().count() > 8;
    let leads = labelled.first().is_some_and(|first| {
        !titled(first)
            && line
                .raw
                .find(first.label.as_str())
                .is_some_and(|at| at < 40)
    });
    let printed: usize = line
        .stamps
        .iter()
        .map(|stamp| stamp.end - stamp.start)
        .sum();
    let dated = printed > 0 && line.text.len() < 2 * printed + 24;
    leads
        || dated
        || signature::BY_ALONE.is_match(&line.text)
        || (!line.sentence && signature::by(&line.text).is_some())
        || signature::REPORTER.is_match(&line.text)
}

/// True if the line names the editor, which Chinese pages print right below the text.
pub(super) fn names_editor(line: &Line) -> bool {
    line.width <= 120
        && (label::read(&line.raw)
            .iter()
            .any(|field| field.field == Field::Editor)
            || signature::EDITING.is_match(&line.text))
}

impl Byline {
    /// Reads the lines from the title to the text (`header`), the text, and the lines after it (`tail`).
    pub(super) fn read(page: &Lines, header: &[usize], body: &[usize], tail: &[usize]) -> Self {
        let mut found = Self::default();
        found.labelled(page, header, true);
        found.signed_lines(page, header);
        found.date_lines(page, header);
        found.bare_names(page, header);
        found.labelled(page, tail, false);
        found.agency_lines(page, tail);
        if found.authors.is_empty() {
            found.reporters(page, header, body);
        }
        for line in header.iter().map(|at| &page.all[*at]) {
            if let Some(agency) = signature::agency(line) {
                found.author(agency, line);
            }
        }
        found
    }

    fn author(&mut self, named: names::Named, line: &Line) {
        if self.authors.is_empty() && !named.people.is_empty() {
            self.authors = named.people;
            self.raw = Some(line.text.clone());
        }
        self.affiliation = self.affiliation.take().or(named.affiliation);
    }

    fn labelled(&mut self, page: &Lines, zone: &[usize], header: bool) {
        for line in zone
            .iter()
            .map(|at| &page.all[*at])
            .filter(|line| line.width <= 240 && !(line.prose && line.width > 160))
        {
            for field in label::read(&line.raw) {
                self.take(&field.field, &field, line, header);
            }
        }
    }

    fn take(&mut self, kind: &Field, field: &label::Labelled, line: &Line, header: bool) {
        let clear = |names: Vec<String>| {
            names
                .into_iter()
                .filter(|name| name.chars().count() <= 40)
                .collect::<Vec<_>>()
        };
        match kind {
            Field::Author => {
                let names = signature::without_post(&signature::cut(&field.value));
                let mut named = names::split(&signature::strip_roles(&names));
                named.people = names::without_paper(named.people);
                self.author(named, line);
            }
            Field::Editor => {
                self.editors = merged(
                    &self.editors,
                    clear(names::split(&signature::cut(&field.value)).people),
                );
            }
            Field::Translator => {
                self.translators = merged(
                    &self.translators,
                    clear(names::split(&signature::cut(&field.value)).people),
                );
            }
            Field::Source if header || self.source.is_none() => {
                self.source = self
                    .source
                    .take()
                    .or_else(|| signature::source_value(&field.value));
            }
            Field::Credit => {
                let people = clear(names::split(&field.value).people);
                self.credits
                    .extend(people.into_iter().map(|name| (fold(&field.label), name)));
            }
            _ => {}
        }
    }

    /// `By …` lines, and `By` alone above a list of names.
    fn signed_lines(&mut self, page: &Lines, header: &[usize]) {
        for (place, at) in header.iter().enumerate() {
            let line = &page.all[*at];
            if !self.authors.is_empty() || line.width > 200 || (line.prose && line.width > 110) {
                continue;
            }
            let stamp = line
                .stamps
                .first()
                .map_or(line.text.len(), |stamp| stamp.start);
            if signature::BY_ALONE.is_match(&line.text) {
                self.author(signature::listed(page, &header[place + 1..]), line);
            } else if let Some(value) = signature::by(&line.text[..stamp]) {
                self.author(names::split(&signature::cut(&value)), line);
            } else if let Some(value) = (!line.stamps.is_empty())
                .then(|| signature::by_inside(line))
                .flatten()
            {
                self.author(names::split(&signature::cut(&value)), line);
            } else if let Some(found) = signature::REPORTER.captures(&line.text) {
                self.author(reporters(&found[1]), line);
            }
        }
    }

    /// The words beside a date without a label: a person, a paper.
    fn date_lines(&mut self, page: &Lines, header: &[usize]) {
        for line in header.iter().map(|at| &page.all[*at]).filter(|line| {
            !line.stamps.is_empty()
                && line.width <= 200
                && !(line.prose && line.width > 110)
                && line.furniture != Some(Furniture::Caption)
        }) {
            for segment in signature::around_dates(line) {
                self.segment(page, line, &segment);
            }
        }
    }

    fn segment(&mut self, page: &Lines, line: &Line, segment: &str) {
        let labelled = !label::read(segment).is_empty()
            || signature::by(segment).is_some()
            || signature::BY_INSIDE.is_match(segment);
        if labelled || signature::WEEKDAY.is_match(segment) || furniture::is_utility(segment) {
            return;
        }
        if names::is_person(segment) {
            self.author(
                names::Named {
                    people: vec![segment.to_owned()],
                    affiliation: None,
                },
                line,
            );
        } else if is_chinese(segment) {
            let name = segment.split_whitespace().next().unwrap_or_default();
            let plausible = segment.chars().count() <= 24
                && (names::is_organisation(name) || segment.chars().count() >= 3);
            self.affiliation = self
                .affiliation
                .take()
                .or_else(|| (plausible && !is_control(segment)).then(|| name.to_owned()));
        } else if names::is_paper(segment) && segment.chars().count() <= 40 {
            self.affiliation = self.affiliation.take().or_else(|| Some(segment.to_owned()));
        } else if let Some(name) = signature::leading_name(page, segment) {
            self.author(
                names::Named {
                    people: vec![name],
                    affiliation: None,
                },
                line,
            );
        }
    }

    /// A name alone on a line beside the date line.
    fn bare_names(&mut self, page: &Lines, header: &[usize]) {
        for (place, at) in header.iter().enumerate() {
            let line = &page.all[*at];
            let (above, below) = (&header[..place], &header[place + 1..]);
            let beside = is_dated(page, above.iter().rev()) || is_dated(page, below.iter());
            let repeated = below
                .first()
                .is_some_and(|next| page.all[*next].text.starts_with(&line.text))
                || above
                    .last()
                    .is_some_and(|above| page.all[*above].key == line.key);
            let alone = (beside || repeated)
                && signature::by(&line.text).is_none()
                && line.stamps.is_empty()
                && line.furniture.is_none()
                && line.width <= 60
                && !in_menu(page, line, repeated)
                && !line.sentence;
            if !alone {
                continue;
            }
            let role = signature::ROLE
                .captures(&line.text)
                .map(|found| found[1].to_owned());
            let named = names::split(role.as_deref().unwrap_or(&line.text));
            if self.authors.is_empty()
                && !named.people.is_empty()
                && named.people.iter().all(|name| names::is_person(name))
                && !line.text.contains(['/', '|'])
            {
                self.author(named, line);
            } else if role.is_none() && is_chinese(&line.text) {
                self.paper_and_person(line);
            } else if self.affiliation.is_none() && is_masthead(page, line) {
                self.affiliation = Some(line.text.clone());
            } else if let Some(paper) = in_brackets(&line.text) {
                self.affiliation = self.affiliation.take().or(Some(paper));
            } else if self.affiliation.is_none()
                && role.is_none()
                && names::is_paper(&line.text)
                && !furniture::is_utility(&line.text)
                && page.count(line) == 1
                && !line.bullet
            {
                self.affiliation = Some(line.text.clone());
            }
        }
    }

    /// `环宇网 苗若兰`, or the paper alone.
    fn paper_and_person(&mut self, line: &Line) {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        let (Some(paper), true) = (
            words.first(),
            words.len() <= 3 && !line.text.contains([':', '：']),
        ) else {
            return;
        };
        if names::is_organisation(paper) && words[1..].iter().all(|word| names::is_han_person(word))
        {
            self.affiliation = self
                .affiliation
                .take()
                .or_else(|| Some((*paper).to_owned()));
            let people = words[1..].iter().map(|word| (*word).to_owned()).collect();
            self.author(
                names::Named {
                    people,
                    affiliation: None,
                },
                line,
            );
        }
    }

    /// `Reporting by …; editing by …`, and who translated.
    fn agency_lines(&mut self, page: &Lines, tail: &[usize]) {
        for line in tail
            .iter()
            .map(|at| &page.all[*at])
            .filter(|line| line.short())
        {
            if let Some(found) = signature::EDITING.captures(&line.text) {
                self.editors = merged(&self.editors, names::split(&found[1]).people);
            }
            if let Some(found) = signature::REPORTING.captures(&line.text) {
                self.author(names::split(&found[1]), line);
            }
            if let Some(found) = signature::TRANSLATED.captures(&line.text) {
                self.translators = merged(&self.translators, names::split(&found[1]).people);
            }
        }
    }

    /// `（记者 …）` in the first paragraph, or a name in brackets at the very end.
    fn reporters(&mut self, page: &Lines, header: &[usize], body: &[usize]) {
        for line in header
            .iter()
            .rev()
            .take(3)
            .chain(body.iter().take(1))
            .chain(body.last())
            .map(|at| &page.all[*at])
        {
            if let Some(found) = signature::REPORTER_INSIDE.captures(&line.text) {
                self.author(reporters(&found[1]), line);
            }
        }
        if let Some(line) = body.last().map(|at| &page.all[*at])
            && let Some(found) = signature::SIGNED.captures(&line.text)
            && names::split(&found[1])
                .people
                .iter()
                .all(|name| names::is_han_person(name))
        {
            self.author(names::split(&found[1]), line);
        }
    }
}

fn reporters(value: &str) -> names::Named {
    names::Named {
        people: names::reporters(&signature::strip_roles(value)),
        affiliation: None,
    }
}

fn merged(known: &[String], more: Vec<String>) -> Vec<String> {
    let mut all = known.to_vec();
    for name in more {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

fn is_control(text: &str) -> bool {
    furniture::classify(&Line {
        text: text.to_owned(),
        ..Line::default()
    }) == Some(Furniture::Control)
}

/// An agency signs its report with its name in brackets.
fn in_brackets(text: &str) -> Option<String> {
    let name = text.strip_prefix('(')?.strip_suffix(')')?.trim();
    let named = name.starts_with(char::is_uppercase) && name.split_whitespace().count() <= 4;
    (named && !name.contains(['(', ')', ':', '/'])).then(|| fold(name))
}

/// True if one of the next few lines that are no furniture prints a date.
fn is_dated<'a>(page: &Lines, next: impl Iterator<Item = &'a usize>) -> bool {
    let mut told = next
        .map(|at| &page.all[*at])
        .filter(|line| line.furniture.is_none() || !line.stamps.is_empty());
    told.by_ref()
        .take(BESIDE)
        .any(|line| !line.stamps.is_empty())
}

/// True if the line prints the name that the page begins with, its own.
fn is_masthead(page: &Lines, line: &Line) -> bool {
    let first = page.all.iter().find(|first| first.furniture.is_none());
    first.is_some_and(|first| first.key == line.key && !furniture::is_utility(&first.text))
        && line.text.starts_with(char::is_uppercase)
}

/// True if the line is also an entry of a menu. A picture and a name that say the same are a byline, however often the page
/// prints it.
fn in_menu(page: &Lines, line: &Line, repeated: bool) -> bool {
    (page.count(line) > 2 && !repeated) || furniture::is_utility(&line.text)
}

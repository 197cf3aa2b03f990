//! An article as its page prints it.

/// An article as its page prints it. Text is NFC, with white space folded to single spaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Address of the article, where the page prints it.
    pub url: Option<String>,
    /// BCP 47 tag of the article's language.
    pub lang: String,
    /// Title.
    pub title: String,
    /// Second title line.
    pub subtitle: Option<String>,
    /// Standfirst.
    pub summary: Option<String>,
    /// Authors, in the order of the byline.
    pub authors: Vec<String>,
    /// Editors.
    pub editors: Vec<String>,
    /// Translators.
    pub translators: Vec<String>,
    /// Other people named, as (role, name); the role as printed.
    pub credits: Vec<(String, String)>,
    /// The line that the authors are from.
    pub byline_raw: Option<String>,
    /// The source named, or else the publisher.
    pub source: Option<String>,
    /// ISO 8601, as exact as printed: `2022-11`, `2022-11-25`, `2019-09-26T10:56`, `2019-09-26T10:56:28+05:30`; with the name of
    /// a zone that is not known, `2019-09-26T10:56 XYZT`.
    pub published: Option<String>,
    /// Time of the last change, in the form of `published`.
    pub updated: Option<String>,
    /// Trail from the home page on, without the title at its end.
    pub breadcrumbs: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// The text, a paragraph or a heading each.
    pub paragraphs: Vec<String>,
    /// Telephone numbers of the footer, as (label, number).
    pub phones: Vec<(String, String)>,
    /// E-mail address of the footer.
    pub email: Option<String>,
    /// Postal address of the footer.
    pub address: Option<String>,
    /// Copyright line.
    pub copyright: Option<String>,
    /// Entries of the language switch, in themselves: `中文`, `Français`.
    pub language_links: Vec<String>,
    /// Names that the page gives its own site.
    pub site_names: Vec<String>,
    /// The width at which the page was wrapped, where the ends of its lines are told by guess.
    pub guessed_width: Option<usize>,
    /// Lines between title and footer that no field holds.
    pub left_out: Vec<LeftOut>,
}

/// A line of a page that is in no field of its article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The number of the line, from 1; of the first where it was wrapped.
    pub line: usize,
    /// Its words, cut after some.
    pub text: String,
}

//! The kinds of pages that an edition's site has, and the tokens that their addresses are made of.

/// The pages that an edition's site has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PageKind {
    /// An article's page.
    Article,
    /// A section's page.
    Section,
    /// An author's page.
    Author,
    /// A tag's page.
    Tag,
    /// The page that shows an article before it is published.
    Preview,
}

impl PageKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Article,
        Self::Section,
        Self::Author,
        Self::Tag,
        Self::Preview,
    ];

    /// The field of an edition that holds the template.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Article => "url_template",
            Self::Section => "section_url_template",
            Self::Author => "author_url_template",
            Self::Tag => "tag_url_template",
            Self::Preview => "preview_url_template",
        }
    }

    pub(super) const fn tokens(self) -> &'static [Token] {
        use Token::{Day, Id, Lang, Month, Path, SectionPath, Slug, Year};
        match self {
            Self::Article => &[Lang, SectionPath, Slug, Id, Year, Month, Day],
            Self::Section => &[Lang, SectionPath, Path, Slug, Id],
            Self::Author => &[Lang, Slug, Id],
            Self::Tag => &[Lang, Slug],
            Self::Preview => &[Token::Pass, Lang, SectionPath, Slug, Id, Year, Month, Day],
        }
    }

    /// A page's address has at least one of these, so that no two pages share it.
    pub(super) const fn identity(self) -> &'static [Token] {
        match self {
            Self::Article | Self::Author => &[Token::Slug, Token::Id],
            Self::Section => &[Token::SectionPath, Token::Path, Token::Id],
            Self::Tag => &[Token::Slug],
            Self::Preview => &[Token::Pass],
        }
    }
}

/// Stands for a part of the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Lang,
    SectionPath,
    Path,
    Slug,
    Id,
    Year,
    Month,
    Day,
    Pass,
}

/// The tokens by their names.
pub(super) const TOKENS: [(&str, Token); 9] = [
    ("lang", Token::Lang),
    ("section_path", Token::SectionPath),
    ("path", Token::Path),
    ("slug", Token::Slug),
    ("id", Token::Id),
    ("year", Token::Year),
    ("month", Token::Month),
    ("day", Token::Day),
    ("token", Token::Pass),
];

impl Token {
    /// True if a resource may have no value for it.
    pub(super) const fn may_be_empty(self) -> bool {
        matches!(
            self,
            Self::SectionPath | Self::Year | Self::Month | Self::Day
        )
    }
}

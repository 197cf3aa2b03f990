//! From the rows of an article, and what they refer to, to what readers are shown.

use crate::domain::access::Scope;
use crate::domain::article::{MediumEntry, Withdrawal};
use crate::domain::author::localised;
use crate::domain::body::Body;
use crate::domain::edition::Edition;
use crate::domain::id::Id;
use crate::domain::page_url::{PageUrl, Place};
use crate::domain::section::{Breadcrumb, Section, breadcrumbs};
use crate::domain::source::{Rights, Source};
use crate::domain::view::{
    Article, ArticleMedium, BodyView, Links, PersonRef, SectionRef, SourceRef, TagRef,
    TranslationRef, WithdrawalView,
};

use super::super::error::StoreError;
use super::super::types::{Json, from_json};
use super::references::References;
use super::rows::{AUTHOR, ArticleRow, EDITOR, TRANSLATOR, stored_status};

/// The form that a body is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BodyForm {
    /// Left out.
    #[default]
    None,
    /// The sanitised HTML subset.
    Html,
    /// Plain text.
    Text,
    /// CommonMark.
    Markdown,
    /// Typed blocks.
    Blocks,
}

impl BodyForm {
    /// True if it is made from what is stored when it is asked for, which costs much more than to send that.
    pub(super) const fn is_made(self) -> bool {
        matches!(self, Self::Text | Self::Markdown | Self::Blocks)
    }
}

/// An article as a scope is shown it.
pub(super) fn article(
    mut row: ArticleRow,
    references: &References,
    scope: &Scope,
    form: BodyForm,
) -> Result<Article, StoreError> {
    let id = row.id;
    let details = std::mem::take(&mut row.details.0);
    let edition = references.editions.get(&row.lang);
    let section = references.section(&row);
    let source = references.source(&row);
    let published_on =
        edition.and_then(|edition| Some(row.published_at?.date_in(edition.content.time_zone)));
    let default_rights =
        source.map_or_else(Rights::default, |source| source.content.rights.clone());
    let withdrawal = row.withdrawn.take().map(|Json(withdrawal)| withdrawal);
    let withdrawal = withdrawal.filter(|_| scope.sees_unpublished());
    let extra = scope
        .sees_unpublished()
        .then(|| from_json(&row.extra))
        .transpose()?;
    Ok(Article {
        id,
        version: row.version,
        status: stored_status(&row.status)?,
        published_at: row.published_at,
        published_on,
        updated_at: row.updated_at,
        embargo_until: row.embargo_until,
        publish_at: row.publish_at,
        authors: references.people(&row, AUTHOR),
        editors: references.people(&row, EDITOR),
        translators: references.people(&row, TRANSLATOR),
        credits: details.credits,
        byline_raw: details.byline_raw,
        dateline: details.dateline,
        source: source.map(|source| source_ref(source, row.lang.as_str())),
        section: section.map(section_ref),
        breadcrumbs: crumbs(edition, section, &row.title),
        tags: references.tags(&row),
        translations: references.translations(&row, id),
        original: details.original,
        body: references.body(&row).and_then(|html| body_view(html, form)),
        media: references.media(&row, details.media),
        word_count: row.word_count,
        reading_minutes: row.reading_minutes,
        canonical_url: details.canonical_url,
        rights: shown_rights(scope, details.rights.or(&default_rights)),
        notices: details.notices,
        withdrawal: withdrawal.map(withdrawal_view),
        extra,
        related: None,
        url: PageUrl::of_article(edition, &place(&row, section)),
        links: Links {
            own: format!("/api/articles/{id}"),
        },
        slug: row.slug.into_string(),
        subtitle: row.subtitle,
        summary: row.summary,
        title: row.title,
        lang: row.lang,
    })
}

fn place(row: &ArticleRow, section: Option<&Section>) -> Place {
    Place {
        id: row.id,
        lang: row.lang.clone(),
        slug: row.slug.to_string(),
        section_path: section.map(|section| section.path.clone()),
        published_at: row.published_at,
    }
}

fn withdrawal_view(withdrawal: Withdrawal) -> WithdrawalView {
    WithdrawalView {
        at: withdrawal.at,
        reason: withdrawal.reason,
        note: withdrawal.note,
    }
}

impl References {
    fn section(&self, row: &ArticleRow) -> Option<&Section> {
        self.sections.get(&row.section_id?)
    }

    fn source(&self, row: &ArticleRow) -> Option<&Source> {
        self.sources.get(&row.source_id?)
    }

    fn body(&self, row: &ArticleRow) -> Option<String> {
        self.bodies.get(&row.id).cloned()
    }

    fn people(&self, row: &ArticleRow, role: i32) -> Vec<PersonRef> {
        let lang = row.lang.as_str();
        let people = self.people.get(&row.id).into_iter().flatten();
        people
            .filter(|person| person.role == role)
            .filter_map(|person| self.authors.get(&person.author_id))
            .map(|author| PersonRef {
                id: author.id,
                slug: author.content.slug.to_string(),
                name: localised(&author.content.name, &author.content.names, lang).to_owned(),
            })
            .collect()
    }

    fn tags(&self, row: &ArticleRow) -> Vec<TagRef> {
        let lang = row.lang.as_str();
        let ids = self.tagged.get(&row.id).into_iter().flatten();
        ids.filter_map(|id| self.tags.get(id))
            .map(|tag| TagRef {
                slug: tag.content.slug.to_string(),
                name: localised(&tag.content.name, &tag.content.names, lang).to_owned(),
            })
            .collect()
    }

    fn media(&self, row: &ArticleRow, entries: Vec<MediumEntry>) -> Vec<ArticleMedium> {
        let shown = entries.into_iter();
        shown
            .filter_map(|entry| {
                let named = entry.id.or_else(|| self.file_at(&entry.url));
                let medium = named.and_then(|id| self.media.get(&id));
                ArticleMedium::shown(entry, &row.lang, medium)
            })
            .collect()
    }

    fn translations(&self, row: &ArticleRow, own: Id) -> Vec<TranslationRef> {
        let editions = self.translations.get(&row.work_id).into_iter().flatten();
        editions
            .filter(|edition| edition.id != own)
            .cloned()
            .collect()
    }
}

/// The rights as the scope's copies must show them.
fn shown_rights(scope: &Scope, rights: Rights) -> Rights {
    match scope.partner() {
        Some(partner) => partner.contract.rights_of(rights),
        None => rights,
    }
}

fn crumbs(edition: Option<&Edition>, section: Option<&Section>, title: &str) -> Vec<Breadcrumb> {
    let Some(edition) = edition else {
        return Vec::new();
    };
    let trail = section.map_or(&[][..], |section| section.trail.as_slice());
    breadcrumbs(
        &edition.content.home_label,
        &edition.content.home_path,
        trail,
        Some(title),
    )
}

fn source_ref(source: &Source, lang: &str) -> SourceRef {
    SourceRef {
        id: source.id,
        slug: source.content.slug.to_string(),
        name: localised(&source.content.name, &source.content.names, lang).to_owned(),
        url: source.content.url.clone(),
    }
}

fn section_ref(section: &Section) -> SectionRef {
    SectionRef {
        id: section.id,
        path: section.path.clone(),
        name: section.content.name.clone(),
    }
}

/// A stored body in a form; nothing where it is left out.
pub(super) fn body_view(html: String, form: BodyForm) -> Option<BodyView> {
    let body = Body::from_stored(html);
    match form {
        BodyForm::None => None,
        BodyForm::Html => Some(BodyView::Html(body.into_html())),
        BodyForm::Text => Some(BodyView::Text(body.text())),
        BodyForm::Markdown => Some(BodyView::Markdown(body.markdown())),
        BodyForm::Blocks => Some(BodyView::Blocks(body.blocks())),
    }
}

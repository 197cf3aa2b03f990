//! Questions about articles: their derived data against their content, and their content against their last revision.

use crate::domain::article::ArticleContent;
use crate::store::articles::{StoredArticle, load_stored};
use crate::store::check::{ARTICLES, Chunk};
use crate::store::{Conn, StoreError, revisions, stored_ids};

use super::answers::{Answers, Computed, READS};
use crate::service::derived::{Part, compare};

const REVISION: &str = "revision-content";

const fn name_of(part: Part) -> &'static str {
    match part {
        Part::Facets => "facets",
        Part::Words => "words",
        Part::Addresses => "addresses",
        Part::Media => "media-shown",
    }
}

pub(super) static COMPUTED: Computed = Computed {
    table: &ARTICLES,
    questions: &[
        (
            name_of(Part::Facets),
            "an article is in a facet that its content does not name, lacks one that it names, or has another order in it",
        ),
        (
            name_of(Part::Words),
            "an article's word count or reading time is not that of its body",
        ),
        (
            name_of(Part::Addresses),
            "the key of an article's imported address is not that of the address",
        ),
        (
            name_of(Part::Media),
            "the media noted of an article are not those that it shows",
        ),
        (
            REVISION,
            "an article says other than the revision of its version",
        ),
    ],
    ask,
};

fn ask(conn: &mut Conn, chunk: &Chunk, answers: &mut Answers) -> Result<(), StoreError> {
    let ids = ARTICLES.keys(conn, chunk)?;
    let articles = load_readable(conn, &ids, answers)?;
    for one in compare(conn, &articles)? {
        let wrong = Part::ALL.into_iter().filter(|part| one.differs(*part));
        for part in wrong {
            answers.note(name_of(part), [one.article.id.to_string()]);
        }
    }
    for article in &articles {
        if !is_as_revised(conn, article)? {
            answers.note(REVISION, [article.id.to_string()]);
        }
    }
    Ok(())
}

/// The articles of a chunk; those that do not read are noted.
fn load_readable(
    conn: &mut Conn,
    ids: &[String],
    answers: &mut Answers,
) -> Result<Vec<StoredArticle>, StoreError> {
    match stored_ids(ids).and_then(|ids| load_stored(conn, &ids)) {
        Err(StoreError::Other(_)) => {}
        loaded => return loaded,
    }
    let mut articles = Vec::with_capacity(ids.len());
    for id in ids {
        let parsed = stored_ids(std::slice::from_ref(id));
        match parsed.and_then(|ids| load_stored(conn, &ids)) {
            Ok(loaded) => articles.extend(loaded),
            Err(StoreError::Other(why)) => answers.note(READS, [format!("articles {id}: {why}")]),
            Err(error) => return Err(error),
        }
    }
    Ok(articles)
}

fn is_as_revised(conn: &mut Conn, article: &StoredArticle) -> Result<bool, StoreError> {
    let Some(revision) = revisions::find_revision(conn, article.id, article.version)? else {
        // Another question tells of a missing revision.
        return Ok(true);
    };
    let revised: Result<ArticleContent, _> = serde_json::from_str(&revision.snapshot);
    Ok(revised.is_ok_and(|revised| revised == article.content))
}

//! An import from its first record to its last: batches are read ahead, and each is written in one transaction.

use std::collections::BTreeMap;
use std::time::Duration;

use log::error;

use crate::domain::time::Timestamp;
use crate::service::{Commit, ServiceError, commit};
use crate::store::StoreError;
use crate::store::articles::article_exists;

use super::pictures::{Held, Imported, Pictures, PicturesError, bring, keep_inline};
use super::progress::Progress;
use super::reader::{Batch, Item};
use super::record::Finding;
use super::report::{Report, ReportError, Taken};
pub use super::target::Target;
use super::writer::{Met, Writer, Written};

/// Causes that end an import before its input does. What was committed stays, and running it again goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The report cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Pictures cannot be taken.
    #[error(transparent)]
    Pictures(#[from] PicturesError),
}

/// Number of records after which the query planner is told of what the tables hold now, and growth after which it is told again:
/// PostgreSQL reads all of a table that it once knew to be empty.
const FIRST_STATISTICS: usize = 500;
const GROWTH: usize = 8;

/// Remarks about a record that are told once its transaction has committed.
type Verdict = Result<Written, Finding>;

/// Time for which the write lane is left to others between two batches: longer than SQLite's writers wait between two tries.
const PAUSE: Duration = Duration::from_millis(3);

/// Writes every record of `batches`.
pub fn run(
    target: &Target<'_>,
    batches: impl Iterator<Item = Batch>,
    report: &mut Report,
    progress: &mut Progress,
) -> Result<(), RunError> {
    run_with_pictures(target, batches, report, progress, None)
}

/// Writes every record of `batches`, and then brings the pictures of the articles.
pub fn run_with_pictures(
    target: &Target<'_>,
    batches: impl Iterator<Item = Batch>,
    report: &mut Report,
    progress: &mut Progress,
    pictures: Option<&Pictures>,
) -> Result<(), RunError> {
    let (mut met, mut imported, held) = (Met::default(), Vec::new(), Held::default());
    let (mut written, mut next_statistics) = (0, FIRST_STATISTICS);
    for batch in batches {
        batch.left_out.iter().for_each(|item| report.left_out(item));
        if let Some(pictures) = pictures {
            keep_inline(target, pictures, &batch.items, &held)?;
        }
        let verdicts = write_batch(target, &batch.items, &mut met)?;
        if pictures.is_some() {
            let written = batch.items.iter().zip(&verdicts);
            imported.extend(written.filter_map(|(item, verdict)| came_in(item, verdict.as_ref()?)));
        }
        for (item, verdict) in batch.items.iter().zip(verdicts) {
            tell(report, item, target.clock.now(), verdict);
        }
        report.flush()?;
        progress.advance(batch.items.len(), batch.position);
        written += batch.items.len();
        if written >= next_statistics {
            target.store.refresh_statistics()?;
            next_statistics = written * GROWTH;
        }
        std::thread::sleep(PAUSE);
    }
    for awaited in met.awaited {
        if !target.store.read(|conn| article_exists(conn, awaited.id))? {
            let name = awaited.name.as_deref();
            report.missing(&awaited.place, name, &awaited.finding);
        }
    }
    if let Some(pictures) = pictures {
        progress.begin_pictures(imported.len());
        bring(target, pictures, (&imported, &held), report, progress)?;
    }
    target.store.refresh_statistics()?;
    Ok(())
}

fn came_in(item: &Item, verdict: &Verdict) -> Option<Imported> {
    Some(Imported {
        article: verdict.as_ref().ok()?.article?,
        place: item.place.clone(),
        name: item.id.clone(),
    })
}

fn tell(report: &mut Report, item: &Item, now: Timestamp, verdict: Option<Verdict>) {
    let id = item.id.as_deref();
    match verdict {
        None => report.read(item),
        Some(Err(finding)) => report.refused(item.kind, &item.place, id, &finding),
        Some(Ok(Written {
            taken: Taken::Repeated,
            notes,
            ..
        })) => {
            report.repeated(item.kind, &item.place, id, &notes);
        }
        Some(Ok(Written {
            taken, notes, made, ..
        })) => {
            report.taken(item.kind, taken);
            report.made(&made);
            report.article(item, now, &notes);
            if taken == Taken::Unchanged {
                return;
            }
            if let Ok(parsed) = &item.outcome {
                report.unknown(&parsed.unknown);
                let findings: Vec<Finding> = parsed.notes.iter().cloned().chain(notes).collect();
                report.altered(item.kind, &item.place, id, &findings);
            }
        }
    }
}

/// Writes a batch, and where one record breaks its transaction, each record in one of its own: a bad one harms no other.
fn write_batch(
    target: &Target<'_>,
    items: &[Item],
    met: &mut Met,
) -> Result<Vec<Option<Verdict>>, StoreError> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    match write_alone(target, items, met) {
        Ok(verdicts) => Ok(verdicts),
        Err(error) if error.is_of_the_database() => Err(error),
        Err(_) => {
            let each = items.iter().map(|item| write_one(target, item, met));
            each.collect()
        }
    }
}

fn write_one(
    target: &Target<'_>,
    item: &Item,
    met: &mut Met,
) -> Result<Option<Verdict>, StoreError> {
    match write_alone(target, std::slice::from_ref(item), met) {
        Ok(mut verdicts) => Ok(verdicts.pop().flatten()),
        Err(error) if error.is_of_the_database() => Err(error),
        Err(error) => {
            error!("{} line {:?}: {error}", item.place.file, item.place.line);
            let detail = "the database did not take this record; the log says why";
            Ok(Some(Err(Finding::new("not_stored", detail))))
        }
    }
}

/// Writes items in one transaction. A record that is refused half-way through must not leave there what it made so far:
/// all is taken back, and done again without those that were refused.
fn write_alone(
    target: &Target<'_>,
    items: &[Item],
    met: &mut Met,
) -> Result<Vec<Option<Verdict>>, StoreError> {
    let mut refused = Refused::new();
    loop {
        let mut verdicts = Vec::new();
        let mut news = Met::default();
        let outcome = commit(target.store, target.clock, target.actor, |tx| {
            verdicts = write_items(tx, items, &refused, (met, &mut news))?;
            let known = refused.len();
            for (n, verdict) in verdicts.iter().enumerate() {
                if let Some(Err(finding)) = verdict {
                    refused.insert(n, finding.clone());
                }
            }
            if refused.len() > known {
                return Err(ServiceError::TakenBack);
            }
            Ok(())
        });
        match outcome {
            Ok(()) => {
                met.add(news);
                return Ok(verdicts);
            }
            Err(ServiceError::TakenBack) => {}
            Err(ServiceError::Store(error)) => return Err(error),
            Err(other) => return Err(StoreError::Other(other.to_string())),
        }
    }
}

/// Records of a batch that are not written, by their number, and why.
type Refused = BTreeMap<usize, Finding>;

/// A verdict for each record; `None` for those that the reader refused.
fn write_items(
    tx: &mut Commit<'_>,
    items: &[Item],
    refused: &Refused,
    (met, news): (&Met, &mut Met),
) -> Result<Vec<Option<Verdict>>, ServiceError> {
    let mut writer = Writer::new(tx, met);
    let is_left = |(n, _): &(usize, &Item)| !refused.contains_key(n);
    writer.look_ahead(
        items
            .iter()
            .enumerate()
            .filter(is_left)
            .map(|(_, item)| item),
    )?;
    let verdict = |(n, item): (usize, &Item)| match (&item.outcome, refused.get(&n)) {
        (Err(_), _) => Ok(None),
        (Ok(_), Some(finding)) => Ok(Some(Err(finding.clone()))),
        (Ok(parsed), None) => match writer.write(item, parsed) {
            Ok(written) => Ok(Some(Ok(written))),
            Err(ServiceError::Store(error)) => Err(ServiceError::Store(error)),
            Err(refused) => Ok(Some(Err(finding(&refused)))),
        },
    };
    let verdicts = items.iter().enumerate().map(verdict).collect();
    *news = writer.into_news();
    verdicts
}

fn finding(refused: &ServiceError) -> Finding {
    match refused {
        ServiceError::Invalid { field, invalid } => {
            Finding::at(format!("/{field}"), invalid.code, invalid.detail.clone())
        }
        other => Finding::new("refused", other.to_string()),
    }
}

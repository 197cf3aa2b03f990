//! `masthead restore`: what its command line says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::backup::archive::{Archive, CopyName, Form, media_beside};
use crate::backup::loss::{Loss, Snapshot};
use crate::backup::postgres;
use crate::config::Config;
use crate::media::copies::{self, Copies};
use crate::media::place::Place;
use crate::media::storage::Storage;
use crate::service::check;
use crate::store::copies::{is_in_use, replace_file};
use crate::store::{Store, StoreError};

use super::backup::archive_at;
use super::bar::bar;
use super::check::{Shown, print};
use super::database::missing_file;
use super::failure::Failure;
use super::loss;
use super::output::{print_line, tell_line};

/// Put a copy of `masthead backup` in the place of the database
///
/// The service must be stopped. The copy is opened, brought up to date and asked the questions of `masthead check` first; then
/// it takes the place of the database in one step. Cursors of changes that are lost lead partners to a first copy.
///
/// Prints what the copy lacks of the database that it replaces: changes, articles, withdrawals, revoked keys.
///
/// Exit codes: 0 where the copy is in place, 1 where it is and lacks pictures or has a wrong answer, 2 where nothing was done.
#[derive(Debug, Clone, Args)]
pub(super) struct RestoreArgs {
    /// The copy: a file, one in a bucket (s3://BUCKET/PREFIX/masthead-….db), or a folder or bucket, whose newest copy is taken
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Replace a database that has content, and take a copy that has a wrong answer
    #[arg(long)]
    force: bool,
    /// Put pictures back too, from `media` beside the copy; those that are there stay as they are
    #[arg(long)]
    with_media: bool,
    /// Print what is lost as one JSON document
    #[arg(long)]
    json: bool,
}

/// The database that a copy takes the place of.
enum Before {
    /// There is none, or it is empty.
    Nothing,
    /// Its state.
    Known(Box<Snapshot>),
    /// It cannot be read.
    Unreadable(String),
}

/// The outcome as JSON.
#[derive(Serialize)]
struct Printed<'a> {
    /// Losses of the copy; null where nothing can be compared.
    lost: Option<&'a Loss>,
    missing_pictures: &'a [String],
}

/// A copy that is ready to be looked at, and where its media are.
struct Found {
    file: PathBuf,
    name: String,
    media: Place,
    /// A folder beside the database for all that is made on the way.
    work: tempfile::TempDir,
}

/// Puts the copy in place.
///
/// # Errors
/// A running service, content without `--force`, a copy that cannot be used; the database is then as it was.
pub(super) fn run(args: &RestoreArgs, config: &Config) -> Result<ExitCode, Failure> {
    let url = config.database_url.expose();
    refuse_in_use(url)?;
    let found = find(args, config)?;
    require_form(&found, url)?;
    let before = before(url)?;
    require_force(args, &before)?;
    let (store, right) = if url.starts_with("sqlite://") {
        put_file(args, config, &found)?
    } else {
        put_archive(config, &found)?
    };
    let media = put_media(args, config, &found, &store)?;
    tell_line!("restored {} in {}", found.name, config.database_url);
    let lost = match before {
        Before::Known(snapshot) => Some(snapshot.lost_in(&store)?),
        Before::Nothing => None,
        Before::Unreadable(why) => {
            tell_line!(
                "what is lost cannot be told, since the old database could not be read: {why}"
            );
            None
        }
    };
    tell(args, lost.as_ref(), &media)?;
    Ok(ExitCode::from(u8::from(
        !right || !media.missing.is_empty(),
    )))
}

fn refuse_in_use(url: &str) -> Result<(), Failure> {
    let in_use = match is_in_use(url) {
        // No database; `before` says so.
        Err(StoreError::Other(_)) => false,
        asked => asked?,
    };
    if in_use {
        let detail = "another process has the database open: stop the service first, on every node";
        return Err(Failure::new(detail));
    }
    Ok(())
}

/// Finds the copy, and brings it beside the database.
fn find(args: &RestoreArgs, config: &Config) -> Result<Found, Failure> {
    let url = config.database_url.expose();
    let work = workplace(url)?;
    let file = work.path().join("copy");
    let (place, named) = in_archive(&args.path, config)?;
    let Some(place) = place else {
        if !args.path.is_file() {
            return Err(Failure::new(format!(
                "there is no copy at {}",
                args.path.display()
            )));
        }
        if url.starts_with("sqlite://") {
            fs::copy(&args.path, &file)?;
        }
        let file = if file.exists() {
            file
        } else {
            args.path.clone()
        };
        let (name, media) = (args.path.display().to_string(), media_beside(&args.path));
        return Ok(Found {
            file,
            name,
            media,
            work,
        });
    };
    let archive = Archive::open(place).map_err(Failure::new)?;
    let newest = archive
        .copies()?
        .into_iter()
        .find(|copy| named.is_none_or(|named| named == *copy));
    let Some(name) = newest else {
        return Err(Failure::new(format!(
            "there is no copy at {}",
            args.path.display()
        )));
    };
    archive.fetch(name, &file)?;
    let (name, media) = (name.to_string(), archive.media());
    Ok(Found {
        file,
        name,
        media,
        work,
    })
}

/// A folder for all that is made on the way: beside a database that is a file.
fn workplace(url: &str) -> Result<tempfile::TempDir, Failure> {
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix(".masthead-restore-");
    let Some(path) = url.strip_prefix("sqlite://") else {
        return Ok(builder.tempdir()?);
    };
    let folder = Path::new(path).parent();
    let folder = folder.filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let detail = format!("{path}: there is no folder {}", folder.display());
        return Err(Failure::new(detail));
    }
    Ok(builder.tempdir_in(folder)?)
}

/// The folder or bucket that a path names, and the copy in it, where the path names one of a bucket.
fn in_archive(path: &Path, config: &Config) -> Result<(Option<Place>, Option<CopyName>), Failure> {
    let text = path.to_string_lossy();
    let named = text.strip_prefix("s3://").and_then(|_| {
        let (place, name) = text.rsplit_once('/')?;
        Some((place.to_owned(), CopyName::parse(name)?))
    });
    match named {
        Some((place, name)) => Ok((archive_at(Path::new(&place), config)?, Some(name))),
        None => Ok((archive_at(path, config)?, None)),
    }
}

fn require_form(found: &Found, url: &str) -> Result<(), Failure> {
    let wanted = if url.starts_with("sqlite://") {
        Form::Sqlite
    } else {
        Form::Postgres
    };
    let detail = match (Form::of(&found.file)?, wanted) {
        (Some(form), wanted) if form == wanted => return Ok(()),
        (None, _) => "it is no copy that `masthead backup` makes",
        (Some(Form::Sqlite), _) => {
            "it is a copy of an SQLite database, and DATABASE_URL names one on PostgreSQL: restore it on SQLite, then export and import"
        }
        (Some(Form::Postgres), _) => {
            "it is a copy of a PostgreSQL database, and DATABASE_URL names an SQLite file: restore it on PostgreSQL, then export and import"
        }
    };
    Err(Failure::new(format!("{}: {detail}", found.name)))
}

fn before(url: &str) -> Result<Before, Failure> {
    if missing_file(url).is_some() {
        return Ok(Before::Nothing);
    }
    let read = Store::open(url).and_then(|store| Snapshot::of(&store));
    match read {
        Ok(snapshot) if snapshot.is_empty() => Ok(Before::Nothing),
        Ok(snapshot) => Ok(Before::Known(Box::new(snapshot))),
        Err(error @ StoreError::Unavailable(_)) if !url.starts_with("sqlite://") => {
            Err(error.into())
        }
        Err(error) => Ok(Before::Unreadable(error.to_string())),
    }
}

fn require_force(args: &RestoreArgs, before: &Before) -> Result<(), Failure> {
    let there = match before {
        _ if args.force => return Ok(()),
        Before::Nothing => return Ok(()),
        Before::Known(snapshot) => format!("the database has {} articles", snapshot.articles()),
        Before::Unreadable(why) => format!("there is a file that cannot be read ({why})"),
    };
    Err(Failure::new(format!(
        "{there}: --force replaces it, and tells what is lost"
    )))
}

/// Looks at a copy of SQLite, and puts it in place.
fn put_file(args: &RestoreArgs, config: &Config, found: &Found) -> Result<(Store, bool), Failure> {
    let url = config.database_url.expose();
    let copy = format!("sqlite://{}", found.file.display());
    let of_copy = |failure: Failure| failure.about(Path::new(&found.name));
    let right = {
        let store = Store::open(&copy).map_err(|error| of_copy(error.into()))?;
        let right = look_at(&store).map_err(of_copy)?;
        if !right && !args.force {
            let detail = "the copy has wrong answers; --force takes it all the same";
            return Err(Failure::new(detail));
        }
        store.begin_history()?;
        right
    };
    if is_in_use(&copy)? {
        return Err(Failure::new("another process has opened the copy"));
    }
    let path = Path::new(url.strip_prefix("sqlite://").unwrap_or(url));
    replace_file(&found.file, path)?;
    Ok((Store::open(url)?, right))
}

/// Lets the programs of PostgreSQL put an archive in place, and looks at what they made.
fn put_archive(config: &Config, found: &Found) -> Result<(Store, bool), Failure> {
    let url = config.database_url.expose();
    postgres::restore(url, &found.file, found.work.path())?;
    let store = Store::open(url)?;
    store.begin_history()?;
    store.refresh_statistics()?;
    let right = look_at(&store)?;
    Ok((store, right))
}

/// Asks the questions of consistency, and prints what is wrong.
fn look_at(store: &Store) -> Result<bool, Failure> {
    let mut shown = Shown(bar(0));
    let answers = check::run(store, &mut shown)?;
    shown.0.finish_and_clear();
    let right = answers.faults().next().is_none();
    if !right {
        print(&answers)?;
    }
    Ok(right)
}

fn put_media(
    args: &RestoreArgs,
    config: &Config,
    found: &Found,
    store: &Store,
) -> Result<Copies, Failure> {
    if !args.with_media {
        return Ok(Copies::default());
    }
    let from = Storage::open(found.media.clone()).map_err(Failure::new)?;
    let to = Storage::open(config.media_place()).map_err(Failure::new)?;
    let bar = bar(0);
    let copies = copies::run(store, &from, &to, &mut |files| bar.inc(files))?;
    bar.finish_and_clear();
    tell_line!(
        "{} pictures put back, {} were there",
        copies.copied,
        copies.there
    );
    for missing in &copies.missing {
        log::warn!("the copy lacks the picture {missing}");
    }
    Ok(copies)
}

fn tell(args: &RestoreArgs, lost: Option<&Loss>, media: &Copies) -> Result<(), Failure> {
    if args.json {
        let printed = Printed {
            lost,
            missing_pictures: &media.missing,
        };
        let json = serde_json::to_string_pretty(&printed);
        print_line!("{}", json.map_err(|error| Failure::new(error.to_string()))?)?;
    } else if let Some(lost) = lost {
        print_line!("{}", loss::words(lost).trim_end())?;
    }
    Ok(())
}

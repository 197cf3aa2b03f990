//! `masthead backup`: what its command line says.

use std::path::{Path, PathBuf};

use std::process::ExitCode;

use clap::Args;

use crate::backup::archive::{Archive, CopyName, Form, Keep, media_beside};
use crate::backup::postgres;
use crate::config::Config;
use crate::media::copies;
use crate::media::place::Place;
use crate::media::storage::Storage;
use crate::service::check;
use crate::store::copies::is_in_use;
use crate::store::{Store, StoreError};

use super::bar::bar;
use super::check::{Shown, print};
use super::database::open_existing;
use super::failure::Failure;
use super::output::tell_line;

/// Copy the database, also while the service runs
///
/// A file is one copy. A folder (one that exists, or a PATH that ends in /) and s3://BUCKET/PREFIX take many, each named by its
/// time, such as masthead-20261129T020000Z.db. A copy has its name only once it is whole.
///
/// Each copy is opened and asked the questions of `masthead check`. Exit codes: 0 where all answers are right, 1 where one is
/// wrong (the copy is kept, and no older one goes), 2 where there is no copy.
#[derive(Debug, Clone, Args)]
pub(super) struct BackupArgs {
    /// The file to write, which must not exist yet; or the folder or bucket of many copies
    #[arg(value_name = "PATH", env = "MASTHEAD_BACKUP_PATH")]
    path: PathBuf,
    /// Copy pictures too, into `media` beside the copy; those that are there already stay as they are
    #[arg(long)]
    with_media: bool,
    /// Number of the newest copies in PATH that are kept
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
    /// Days for which copies in PATH are kept. With --keep too, a copy goes when neither keeps it
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    keep_days: Option<u32>,
    /// On PostgreSQL, let pg_dump make the copy, which `masthead restore` puts back. Without it, such a database is refused
    #[arg(long)]
    pg_dump: bool,
    /// Leave the questions out, and only make sure that the copy can be read
    #[arg(long)]
    without_check: bool,
}

/// Makes the copy.
///
/// # Errors
/// A file that exists, a PostgreSQL database without `--pg-dump`, or no room; nothing half-written stays behind.
pub(super) fn run(args: &BackupArgs, config: &Config) -> Result<ExitCode, Failure> {
    let url = config.database_url.expose();
    let form = form(url, args.pg_dump)?;
    let right = match archive_at(&args.path, config)? {
        Some(place) => into_archive(args, config, form, place)?,
        None => into_file(args, config, form)?,
    };
    Ok(ExitCode::from(u8::from(!right)))
}

/// The form of the database's copies. Told by the address alone: the server need not be up to hear which tool is right.
fn form(url: &str, pg_dump: bool) -> Result<Form, Failure> {
    match Store::can_back_up(url) {
        Ok(()) => Ok(Form::Sqlite),
        Err(StoreError::Refused(_)) if pg_dump && url.starts_with("postgres") => Ok(Form::Postgres),
        Err(error) => Err(error.into()),
    }
}

/// The folder or bucket that a path names; `None` for a file.
pub(super) fn archive_at(path: &Path, config: &Config) -> Result<Option<Place>, Failure> {
    let text = path.to_string_lossy();
    if text.starts_with("s3://") {
        let place = Place::parse(&text).map_err(Failure::new)?;
        return Ok(Some(config.with_credentials(place)));
    }
    let is_folder = text.ends_with('/') || path.is_dir();
    Ok(is_folder.then(|| Place::Folder(path.to_owned())))
}

fn into_file(args: &BackupArgs, config: &Config, form: Form) -> Result<bool, Failure> {
    let path = &args.path;
    if args.keep.is_some() || args.keep_days.is_some() {
        let detail =
            "--keep and --keep-days need a folder (PATH/) or a bucket (s3://BUCKET/PREFIX)";
        return Err(Failure::new(detail));
    }
    if path.exists() {
        return Err(Failure::new(format!("{} exists already", path.display())));
    }
    let partial = path.with_added_extension("partial");
    let made = make(args, config, form, &partial).and_then(|(right, store)| {
        media(args, config, &store, media_beside(path))?;
        drop(store);
        settle(form, &partial)?;
        std::fs::rename(&partial, path)?;
        Ok(right)
    });
    if made.is_err() {
        // What is left of a failed copy; whether it can be removed changes nothing about the failure.
        let _ = std::fs::remove_file(&partial);
    }
    let right = made?;
    tell_line!("copied to {}", path.display());
    Ok(right)
}

fn into_archive(
    args: &BackupArgs,
    config: &Config,
    form: Form,
    place: Place,
) -> Result<bool, Failure> {
    let archive = Archive::open(place).map_err(Failure::new)?;
    let workplace = archive.workplace()?;
    let copy = workplace.path().join("copy");
    let (right, store) = make(args, config, form, &copy)?;
    let now = store.clock().now();
    media(args, config, &store, archive.media())?;
    drop(store);
    settle(form, &copy)?;
    let name = CopyName::new(now, form);
    archive.take(name, &copy)?;
    tell_line!("copied to {}", args.path.join(name.to_string()).display());
    if right {
        let keep = Keep {
            count: args.keep,
            days: args.keep_days,
        };
        for old in archive.prune(keep, now)? {
            tell_line!("removed {old}");
        }
    }
    Ok(right)
}

/// Makes a copy and looks at it: whether all answers are right, and the database that its media are told by.
fn make(
    args: &BackupArgs,
    config: &Config,
    form: Form,
    copy: &Path,
) -> Result<(bool, Store), Failure> {
    let store = open_existing(config)?;
    let looked_at = match form {
        Form::Sqlite => {
            store.backup(copy)?;
            Store::open(&format!("sqlite://{}", copy.display()))?
        }
        Form::Postgres => {
            postgres::dump(config.database_url.expose(), copy)?;
            postgres::verify(copy)?;
            store
        }
    };
    if args.without_check {
        return Ok((true, looked_at));
    }
    let mut shown = Shown(bar(0));
    let answers = check::run(&looked_at, &mut shown)?;
    shown.0.finish_and_clear();
    let right = answers.faults().next().is_none();
    if !right {
        print(&answers)?;
    }
    Ok((right, looked_at))
}

/// Takes what opening a copy has left beside it into the copy.
fn settle(form: Form, copy: &Path) -> Result<(), Failure> {
    if form == Form::Sqlite && is_in_use(&format!("sqlite://{}", copy.display()))? {
        return Err(Failure::new("another process has opened the copy").about(copy));
    }
    Ok(())
}

fn media(args: &BackupArgs, config: &Config, store: &Store, place: Place) -> Result<(), Failure> {
    if !args.with_media {
        return Ok(());
    }
    let from = Storage::open(config.media_place()).map_err(Failure::new)?;
    let to = Storage::open(place).map_err(Failure::new)?;
    let bar = bar(0);
    let copies = copies::run(store, &from, &to, &mut |files| bar.inc(files))?;
    bar.finish_and_clear();
    tell_line!(
        "{} pictures copied, {} were there",
        copies.copied,
        copies.there
    );
    for missing in &copies.missing {
        log::warn!("the storage lacks the picture {missing}: it was removed meanwhile, or is lost");
    }
    Ok(())
}

//! Whole copies of a database: made while it is in use, and put in the place of another one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::Store;
use super::conn::{Conn, Target};
use super::dialect::is_locked;
use super::error::StoreError;
use super::pool::checkout;
use super::session::{Purpose, connect};

impl Store {
    /// `Ok` if a database at `url` can be copied by [`backup`](Self::backup).
    ///
    /// # Errors
    /// `Refused` where its own tools do this.
    pub fn can_back_up(url: &str) -> Result<(), StoreError> {
        refuse_to_copy(&Target::parse(url)?)
    }

    /// Copies an SQLite database, consistent while others read and write it, into a file that does not exist yet.
    ///
    /// # Errors
    /// `Refused` on PostgreSQL, whose own tools do this, and where the file exists; nothing half-written stays behind.
    pub fn backup(&self, path: &Path) -> Result<(), StoreError> {
        refuse_to_copy(&self.inner.target)?;
        if path.exists() {
            return Err(StoreError::Refused(format!(
                "{} exists already",
                path.display()
            )));
        }
        let partial = path.with_added_extension("partial");
        let copied = self
            .copy_into(&partial)
            .and_then(|()| publish_file(&partial, path));
        if copied.is_err() {
            // What is left of a failed copy; whether it can be removed changes nothing about the failure.
            let _ = fs::remove_file(&partial);
        }
        copied
    }

    fn copy_into(&self, partial: &Path) -> Result<(), StoreError> {
        let mut pooled = checkout(&self.inner.writers)?;
        if let Conn::Sqlite(conn) = &mut **pooled {
            sql_query("VACUUM INTO ?")
                .bind::<Text, _>(partial.to_string_lossy())
                .execute(conn)?;
        }
        Ok(())
    }

    /// Begins a stretch of the history behind the last entry: a place of a log that ended further on is none of this one.
    ///
    /// # Errors
    /// Those of a write.
    pub fn begin_history(&self) -> Result<(), StoreError> {
        self.inner.condition.note_new_writer();
        self.write(|_| Ok(()))
    }
}

fn refuse_to_copy(target: &Target) -> Result<(), StoreError> {
    if matches!(target, Target::Postgres(_)) {
        let words = "a PostgreSQL database is copied with pg_dump, and put back with pg_restore; `masthead backup --pg-dump` and \
                     `masthead restore` run them";
        return Err(StoreError::Refused(words.to_owned()));
    }
    Ok(())
}

/// Puts a finished file under its name, on the disk before the name is.
fn publish_file(partial: &Path, path: &Path) -> Result<(), StoreError> {
    let publish = || {
        File::open(partial)?.sync_all()?;
        fs::rename(partial, path)?;
        sync_folder(path)
    };
    publish().map_err(|error| of_file(path, &error))
}

/// Brings a new name in a folder to the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn of_file(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Other(format!("{}: {error}", path.display()))
}

/// True if another process has the database open. An SQLite database that nobody has open is one file afterwards, without a log
/// beside it.
///
/// # Errors
/// Those of the database.
pub fn is_in_use(url: &str) -> Result<bool, StoreError> {
    match Target::parse(url)? {
        Target::Sqlite(path) if Path::new(&path).exists() => Ok(alone(Path::new(&path))?.is_none()),
        Target::Sqlite(_) => Ok(false),
        Target::Postgres(url) => has_sessions(&mut connect(&url, Purpose::Upkeep)?),
    }
}

#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Time that connections get to close which are about to.
const CLOSING: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(50);

/// A connection that keeps everybody else out of an SQLite file; nothing where another connection has it open. The log
/// beside the file is taken into it.
fn alone(path: &Path) -> Result<Option<SqliteConnection>, StoreError> {
    let began = Instant::now();
    loop {
        match try_alone(path)? {
            None if began.elapsed() < CLOSING => std::thread::sleep(PAUSE),
            held => return Ok(held),
        }
    }
}

fn try_alone(path: &Path) -> Result<Option<SqliteConnection>, StoreError> {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy())
        .map_err(|error| StoreError::Unavailable(format!("{}: {error}", path.display())))?;
    // A connection in WAL mode holds a lock for as long as it is open, and the mode changes only without one.
    let mode = sql_query("PRAGMA journal_mode = DELETE").get_result::<JournalMode>(&mut conn);
    match mode {
        Ok(mode) if mode.journal_mode == "delete" => {}
        Ok(_) => return Ok(None),
        Err(error) if is_locked(&error) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    match conn.batch_execute("BEGIN EXCLUSIVE") {
        Ok(()) => Ok(Some(conn)),
        Err(error) if is_locked(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Sessions that give the same application name as this one: those of serving processes and of commands.
fn has_sessions(conn: &mut PgConnection) -> Result<bool, StoreError> {
    let others = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() \
         AND pid <> pg_backend_pid() AND application_name = current_setting('application_name')";
    let found: Count = sql_query(others).get_result(conn)?;
    Ok(found.n > 0)
}

/// Puts the file `from` in the place of the SQLite database at `to`, in one step: whoever looks finds one of the two, whole. The
/// new file belongs to the owner of the old one.
///
/// # Errors
/// `Refused` where another process has the old one open.
pub fn replace_file(from: &Path, to: &Path) -> Result<(), StoreError> {
    let held = match to.exists().then(|| alone(to)) {
        None => None,
        Some(Ok(Some(conn))) => Some(conn),
        Some(Ok(None)) => return Err(in_use(to)),
        // No database: nobody works with it.
        Some(Err(StoreError::Other(_))) => None,
        Some(Err(error)) => return Err(error),
    };
    let replace = || {
        for log in ["-wal", "-shm", "-journal"].map(|ending| beside(to, ending)) {
            match fs::remove_file(log) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        give_to_owner(from, to)?;
        File::open(from)?.sync_all()?;
        fs::rename(from, to)?;
        sync_folder(to)
    };
    let replaced = replace().map_err(|error| of_file(to, &error));
    drop(held);
    replaced
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn in_use(path: &Path) -> StoreError {
    StoreError::Refused(format!(
        "another process has {} open: stop the service first",
        path.display()
    ))
}

/// Gives a file the owner and the rights of the one that it is to replace, or the owner of the folder where there is none.
#[cfg(unix)]
fn give_to_owner(from: &Path, to: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let folder = to.parent().filter(|folder| *folder != Path::new(""));
    let old = fs::metadata(to).ok();
    if let Some(old) = &old {
        fs::set_permissions(from, old.permissions())?;
    }
    let owner = old.map_or_else(|| fs::metadata(folder.unwrap_or(Path::new("."))), Ok)?;
    let new = fs::metadata(from)?;
    if (owner.uid(), owner.gid()) == (new.uid(), new.gid()) {
        return Ok(());
    }
    match chown(from, Some(owner.uid()), Some(owner.gid())) {
        // Only root may give files away.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        given => given,
    }
}

#[cfg(not(unix))]
fn give_to_owner(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(path: &Path, value: i64) -> SqliteConnection {
        let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
        let sql = format!(
            "PRAGMA journal_mode = WAL; CREATE TABLE t (n); INSERT INTO t VALUES ({value})"
        );
        conn.batch_execute(&sql).unwrap();
        conn
    }

    fn value(path: &Path) -> i64 {
        let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
        let found: Count = sql_query("SELECT n FROM t").get_result(&mut conn).unwrap();
        found.n
    }

    #[test]
    fn a_file_that_somebody_has_open_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new] = ["old.db", "new.db"].map(|name| folder.path().join(name));
        drop(database(&new, 2));
        let open = database(&old, 1);
        let url = format!("sqlite://{}", old.display());
        assert!(is_in_use(&url).unwrap());
        let refused = replace_file(&new, &old).unwrap_err();
        assert!(
            refused.to_string().contains("stop the service"),
            "{refused}"
        );
        assert_eq!(value(&old), 1);
        drop(open);
        assert!(!is_in_use(&url).unwrap());
        replace_file(&new, &old).unwrap();
        assert_eq!(value(&old), 2);
        assert!(!new.exists());
    }

    #[test]
    fn what_is_no_database_any_more_is_replaced_with_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new] = ["old.db", "new.db"].map(|name| folder.path().join(name));
        drop(database(&new, 2));
        fs::write(
            &old,
            "not a database, but long enough to be looked at".repeat(40),
        )
        .unwrap();
        fs::write(beside(&old, "-wal"), "of another").unwrap();
        replace_file(&new, &old).unwrap();
        assert_eq!(value(&old), 2);
        assert!(!beside(&old, "-wal").exists());
    }
}

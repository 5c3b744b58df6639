//! The file itself: made for its owner only, held by one hub at a time, and known by its mark.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::OpenStateError;

/// Opens the file, makes it where there is none, and keeps others out. What is in it is not changed.
pub(super) fn hold(path: &Path) -> Result<Connection, OpenStateError> {
    touch(path).map_err(|source| OpenStateError::Unreachable { path: path.to_owned(), source })?;
    let known = |error: rusqlite::Error| OpenStateError::of(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(known)?;
    connection.busy_timeout(PATIENCE).map_err(known)?;
    pragma(&connection, "locking_mode", "EXCLUSIVE").map_err(known)?;
    // In this mode the lock taken here stays until the connection ends.
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT").map_err(known)?;
    check(path, &connection)?;
    Ok(connection)
}

/// Settles how commits are written. A killed process loses nothing that was committed; a machine
/// without power may lose the last moments, and never half of one.
pub(super) fn settle(path: &Path, connection: &Connection) -> Result<(), OpenStateError> {
    let known = |error: rusqlite::Error| OpenStateError::of(path, &error);
    pragma(connection, "journal_mode", "WAL").map_err(known)?;
    pragma(connection, "synchronous", "NORMAL").map_err(known)
}

/// Marks a new file as ours.
pub(super) fn mark(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT}"
    ))
}

/// Makes the file for its owner alone; one that is there stays as it is.
fn touch(path: &Path) -> io::Result<()> {
    match OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let file = File::open(path)?;
            if file.metadata()?.is_file() { Ok(()) } else { Err(io::Error::other("it is no file")) }
        }
        made => made.map(drop),
    }
}

fn check(path: &Path, connection: &Connection) -> Result<(), OpenStateError> {
    let known = |error: rusqlite::Error| OpenStateError::of(path, &error);
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let tables = number("SELECT count(*) FROM sqlite_master").map_err(known)?;
    if tables == 0 {
        return Ok(());
    }
    let foreign =
        |reason: &str| OpenStateError::Foreign { path: path.to_owned(), reason: reason.to_owned() };
    if number("PRAGMA application_id").map_err(known)? != APPLICATION {
        return Err(foreign("it is another program's SQLite database"));
    }
    if number("PRAGMA user_version").map_err(known)? > FORMAT {
        return Err(foreign("a newer flipcheck wrote it"));
    }
    let verdict: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(known)?;
    if verdict == "ok" {
        return Ok(());
    }
    let reason = verdict.lines().next().unwrap_or_default().to_owned();
    Err(OpenStateError::Damaged { path: path.to_owned(), reason })
}

fn pragma(connection: &Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    connection.execute_batch(&format!("PRAGMA {name} = {value}"))
}

/// How long a hub that has just been stopped may take to let go of its file.
const PATIENCE: Duration = Duration::from_millis(1500);
/// `FLIP`, in the header of every state file.
const APPLICATION: i64 = 0x464c_4950;
/// How the rows are written; grows when a newer flipcheck writes them otherwise.
const FORMAT: i64 = 1;

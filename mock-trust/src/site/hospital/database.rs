//! One read-only SQL database in memory: `person`, `radiology_occurrence` and
//! `condition_occurrence` in schema `omop`.
//!
//! Accepted is one `SELECT` (or a `WITH` that ends in one) over these tables and nothing else; the
//! engine itself enforces it through an authoriser, not a pattern over the text.

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, params};
use serde_json::Value;

use super::people::{Person, Study};

/// The rows of a query.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Table {
    /// Column names in the order of the query.
    pub(crate) columns: Vec<String>,
    /// Rows; each as long as `columns`.
    pub(crate) rows: Vec<Vec<Value>>,
}

impl Table {
    /// The place of a column, whatever its letter case.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.eq_ignore_ascii_case(name))
    }
}

/// Why a query gave no rows. The text of a refusal never repeats the query.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QueryError {
    /// The sender's fault: not one `SELECT`, an unknown table or column, a foreign schema, too long.
    #[error("{0}")]
    Refused(&'static str),
    /// The query is well formed and failed while running, or ran too long.
    #[error("query_failed")]
    Failed,
    /// The hospital's own fault.
    #[error("internal_error")]
    Internal(#[source] rusqlite::Error),
}

/// The hospital's database.
pub(crate) struct Database {
    connection: Mutex<Connection>,
}

impl Database {
    /// Opens the database and fills it.
    ///
    /// # Errors
    /// Only when the SQL engine itself fails.
    pub(crate) fn open(people: &[Person], studies: &[Study]) -> Result<Self, rusqlite::Error> {
        let mut connection = Connection::open_in_memory()?;
        connection.execute_batch(SCHEMA)?;
        fill(&mut connection, people, studies)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.authorizer(Some(authorise))?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Runs one `SELECT` of at most [`QUERY_CHARS_MAX`] characters.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub(crate) fn select(&self, query: &str) -> Result<Table, QueryError> {
        if query.chars().count() > QUERY_CHARS_MAX {
            return Err(QueryError::Refused("Query is too long."));
        }
        if !starts_with_select(query) {
            return Err(NOT_ONE_SELECT);
        }
        let mut connection = self.connection.lock();
        let until = Instant::now() + RUN_TIME_MAX;
        connection
            .progress_handler(PROGRESS_OPS, Some(move || Instant::now() > until))
            .map_err(QueryError::Internal)?;
        read(&connection, query)
    }
}

fn read(connection: &Connection, query: &str) -> Result<Table, QueryError> {
    let mut statement = connection.prepare(query).map_err(refusal)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = Vec::new();
    let mut cursor = statement.query([]).map_err(failure)?;
    while let Some(row) = cursor.next().map_err(failure)? {
        if rows.len() == ROWS_MAX {
            return Err(QueryError::Failed);
        }
        let cells =
            (0..columns.len()).map(|at| row.get_ref(at).map(cell)).collect::<Result<_, _>>();
        rows.push(cells.map_err(QueryError::Internal)?);
    }
    Ok(Table { columns, rows })
}

fn refusal(error: rusqlite::Error) -> QueryError {
    let text = match &error {
        rusqlite::Error::MultipleStatement => return NOT_ONE_SELECT,
        rusqlite::Error::SqlInputError { msg, .. }
        | rusqlite::Error::SqliteFailure(_, Some(msg)) => msg,
        _ => return QueryError::Internal(error),
    };
    if text.contains("no such table") {
        QueryError::Refused("Query names an unknown table.")
    } else if text.contains("no such column") {
        QueryError::Refused("Query names an unknown column.")
    } else if text.contains("not authorized") || text.contains("prohibited") {
        QueryError::Refused("Query reaches outside the cohort tables.")
    } else {
        NOT_ONE_SELECT
    }
}

fn failure(error: rusqlite::Error) -> QueryError {
    match error.sqlite_error_code() {
        Some(ErrorCode::InternalMalfunction | ErrorCode::OutOfMemory) | None => {
            QueryError::Internal(error)
        }
        Some(_) => QueryError::Failed,
    }
}

fn cell(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        ValueRef::Blob(bytes) => hex::encode(bytes).into(),
    }
}

/// Reading the cohort tables is allowed, and nothing else.
fn authorise(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select | AuthAction::Recursive => Authorization::Allow,
        AuthAction::Function { function_name } if function_name != "load_extension" => {
            Authorization::Allow
        }
        AuthAction::Read { table_name, .. } if !table_name.starts_with("sqlite_") => {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}

fn starts_with_select(query: &str) -> bool {
    let word: String = query.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    word.eq_ignore_ascii_case("select") || word.eq_ignore_ascii_case("with")
}

fn fill(
    connection: &mut Connection,
    people: &[Person],
    studies: &[Study],
) -> Result<(), rusqlite::Error> {
    let work = connection.transaction()?;
    {
        let mut person = work.prepare("INSERT INTO omop.person VALUES (?, ?, ?, ?)")?;
        let mut condition =
            work.prepare("INSERT INTO omop.condition_occurrence VALUES (?, ?, ?, ?)")?;
        for row in people {
            person.execute(params![row.id, row.gender_concept_id(), row.sex, row.year_of_birth])?;
            let concept = CONDITIONS[row.id as usize % CONDITIONS.len()];
            condition.execute(params![row.id, row.id, concept, "2024-01-01"])?;
        }
        let mut study =
            work.prepare("INSERT INTO omop.radiology_occurrence VALUES (?, ?, ?, ?, ?)")?;
        for row in studies {
            study.execute(params![
                row.id,
                row.person_id,
                row.accession_id,
                row.modality,
                row.date
            ])?;
        }
    }
    work.commit()
}

/// The longest query, in characters (trust contract section 12).
pub(crate) const QUERY_CHARS_MAX: usize = 10_240;
const NOT_ONE_SELECT: QueryError =
    QueryError::Refused("Only a single SELECT statement is allowed.");
const RUN_TIME_MAX: Duration = Duration::from_millis(500);
const PROGRESS_OPS: i32 = 10_000;
const ROWS_MAX: usize = 200_000;
/// Concepts of pneumonia, diabetes and hypertension.
const CONDITIONS: [u32; 3] = [255_848, 201_820, 316_866];
const SCHEMA: &str = "
    ATTACH ':memory:' AS omop;
    CREATE TABLE omop.person (person_id INTEGER PRIMARY KEY, gender_concept_id INTEGER NOT NULL,
        gender_source_value TEXT NOT NULL, year_of_birth INTEGER);
    CREATE TABLE omop.radiology_occurrence (radiology_occurrence_id INTEGER PRIMARY KEY,
        person_id INTEGER NOT NULL, accession_id TEXT NOT NULL, modality TEXT NOT NULL, study_date TEXT NOT NULL);
    CREATE TABLE omop.condition_occurrence (condition_occurrence_id INTEGER PRIMARY KEY,
        person_id INTEGER NOT NULL, condition_concept_id INTEGER NOT NULL, condition_start_date TEXT NOT NULL);
";

#[cfg(test)]
mod tests {
    use super::super::people::{people, studies};
    use super::*;

    fn database() -> Database {
        let persons = people(3, 100);
        Database::open(&persons, &studies(3, &persons)).expect("in-memory database")
    }

    #[test]
    fn a_select_gives_rows_with_or_without_the_schema_name() {
        let database = database();
        for query in [
            "SELECT * FROM person",
            "select * from omop.person;",
            "WITH p AS (SELECT * FROM person) SELECT * FROM p",
            "SELECT p.* FROM person p WHERE EXISTS (SELECT 1 FROM omop.radiology_occurrence r WHERE r.person_id = p.person_id)",
        ] {
            let table = database.select(query).expect(query);
            assert_eq!(table.rows.len(), 100, "{query}");
            assert_eq!(table.columns[0], "person_id");
        }
    }

    #[test]
    fn everything_but_one_select_over_the_tables_is_refused() {
        let database = database();
        for query in [
            "",
            "DROP TABLE person",
            "DELETE FROM person",
            "SELECT 1; SELECT 2",
            "SELECT 1; DROP TABLE person",
            "WITH p AS (SELECT 1) DELETE FROM person",
            "PRAGMA table_info(person)",
            "ATTACH ':memory:' AS other",
            "SELECT * FROM patients",
            "SELECT shoe_size FROM person",
            "SELECT \"shoe_size\" FROM person",
            "SELECT * FROM public.person",
            "SELECT * FROM pg_catalog.pg_tables",
            "SELECT * FROM sqlite_master",
            "SELECT * FROM omop.sqlite_schema",
            "SELECT load_extension('x')",
            "SELECT FROM WHERE",
            "hello",
        ] {
            let answer = database.select(query);
            assert!(matches!(answer, Err(QueryError::Refused(_))), "{query}: {answer:?}");
        }
        assert_eq!(database.select("SELECT * FROM person").expect("untouched").rows.len(), 100);
    }

    #[test]
    fn length_is_limited_in_characters() {
        let database = database();
        let query = |chars: usize| format!("SELECT 1 --{}", "ä".repeat(chars - 11));
        assert!(database.select(&query(QUERY_CHARS_MAX)).is_ok());
        assert!(matches!(
            database.select(&query(QUERY_CHARS_MAX + 1)),
            Err(QueryError::Refused(_))
        ));
    }

    #[test]
    fn a_query_that_fails_while_running_or_never_ends_has_failed() {
        let database = database();
        let overflow = database.select("SELECT abs(-9223372036854775808)");
        assert!(matches!(overflow, Err(QueryError::Failed)), "{overflow:?}");
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        assert!(matches!(database.select(endless), Err(QueryError::Failed)));
    }
}

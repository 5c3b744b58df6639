//! Whether a cohort is large enough to be told of (trust 12; newer releases 3).

use std::collections::{BTreeMap, BTreeSet};

use contract::edition::CohortFloor;
use serde_json::Value;

use super::refusal;
use crate::site::answers::Refusal;
use crate::site::hospital::Table;
use crate::site::premises::Premises;

/// How a cohort stands to the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is large enough.
    Reached,
    /// It is too small.
    Below,
    /// No column tells whom a row is of.
    NoSubject,
}

/// Compares a cohort with the floor: persons by `person_id`, else through the accession id.
pub(super) fn standing(premises: &Premises, table: &Table) -> Result<Standing, Refusal> {
    let threshold = premises.knobs.lock().cohort_threshold;
    let rows = table.rows.len() as u64;
    let by_rows = premises.edition.cohort_floor == CohortFloor::Rows
        || premises.habits.counts_rows_for_persons;
    let subjects = if by_rows { Some(rows) } else { subjects(premises, table)? };
    Ok(match subjects {
        None => Standing::NoSubject,
        Some(count) if count < threshold => Standing::Below,
        Some(_) => Standing::Reached,
    })
}

fn subjects(premises: &Premises, table: &Table) -> Result<Option<u64>, Refusal> {
    if let Some(at) = table.column("person_id") {
        return Ok(Some(distinct(table.rows.iter().map(|row| &row[at]))));
    }
    let Some(at) = table.column("accession_id") else { return Ok(None) };
    let images = premises.database.select(IMAGES).map_err(|error| refusal(&error))?;
    let person: BTreeMap<String, &Value> =
        images.rows.iter().map(|row| (row[0].to_string(), &row[1])).collect();
    let found = table.rows.iter().filter_map(|row| person.get(&row[at].to_string()).copied());
    Ok(Some(distinct(found)))
}

fn distinct<'v>(values: impl Iterator<Item = &'v Value>) -> u64 {
    let known = values.filter(|value| !value.is_null()).map(Value::to_string);
    known.collect::<BTreeSet<_>>().len() as u64
}

const IMAGES: &str = "SELECT accession_id, person_id FROM omop.radiology_occurrence";

//! `POST /cohort`: the counts of a query, suppressed.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use contract::edition::SmallCohort;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::floor::{Standing, standing};
use super::refusal;
use crate::site::answers::{Body, Refusal};
use crate::site::habits::SmallCohortHabit;
use crate::site::hospital::statistics::{Counts, counts, told};
use crate::site::premises::Premises;

/// Counts the rows of the query. The sealed project id is not opened.
pub(super) async fn count(
    State(premises): State<Arc<Premises>>,
    bytes: Bytes,
) -> Result<Json<Value>, Refusal> {
    let mut body = Body::parse(&bytes)?;
    body.text("encrypted_project_id");
    body.text("query_name");
    let query_id = body.text("query_id");
    let trust_id = body.text("trust_id");
    let query = body.text("query");
    body.done()?;
    let table = premises.database.select(&query).map_err(|error| refusal(&error))?;
    let threshold = premises.knobs.lock().cohort_threshold;
    let small = standing(&premises, &table)? != Standing::Reached;
    let counts = match premises.habits.small_cohort {
        SmallCohortHabit::Leave => counts(&table, &premises.people, 0),
        SmallCohortHabit::Guard(SmallCohort::Refused) if small => {
            return Err(Refusal::bad_request(TOO_SMALL));
        }
        SmallCohortHabit::Guard(SmallCohort::Suppressed) if small => Counts::suppressed(),
        SmallCohortHabit::Guard(_) => told(&table, &premises.people, threshold),
    };
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    Ok(Json(json!({
        "query_id": query_id,
        "trust_id": trust_id,
        "record_count": counts.record_count,
        "created": today.to_string(),
        "suppressed": counts.suppressed,
        "data": counts.data,
    })))
}

const TOO_SMALL: &str = "The cohort is smaller than the minimum size.";

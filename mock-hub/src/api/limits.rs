//! Rate limits: fixed minutes, counted per process (hub 10).

use contract::limits::{HEARTBEATS_PER_MINUTE, POLLS_PER_MINUTE, RESULTS_PER_MINUTE};
use contract::wire::refusal::RATE;
use uuid::Uuid;

use super::context::{Call, Step};
use super::reply::too_many;
use crate::domain::{Trust, Window};
use crate::habits::{Bucket, ReportBucket};

/// Counts a heartbeat; `name` is the trust named in the path.
pub(super) fn heartbeat(call: &Call<'_>, trust: &Trust, name: Option<&str>) -> Step<()> {
    route(call, &trust.heartbeats, (name, true), HEARTBEATS_PER_MINUTE)
}

/// Counts a poll; `name` is the trust named in the path.
pub(super) fn poll(call: &Call<'_>, trust: &Trust, name: Option<&str>) -> Step<()> {
    route(call, &trust.polls, (name, false), POLLS_PER_MINUTE)
}

/// Counts a report; `name` is the trust named in the path.
pub(super) fn report(call: &Call<'_>, trust: &Trust, name: Option<&str>, task: Uuid) -> Step<()> {
    let domain = call.domain();
    let now = domain.clock.now();
    decide(call, || match (call.habits.rate.reports, call.habits.rate.bucket, name) {
        (ReportBucket::Trust, ..) => trust.reports.admit(now, RESULTS_PER_MINUTE),
        (ReportBucket::TaskId, Bucket::PathName, Some(name)) => {
            let path = (name.to_owned(), task);
            domain.report_path_windows.admit(path, now, RESULTS_PER_MINUTE)
        }
        (ReportBucket::TaskId, ..) => {
            domain.report_windows.admit((trust.id, task), now, RESULTS_PER_MINUTE)
        }
    })
}

/// Counts an unknown key against the address it came from.
pub(super) fn bad_key(call: &Call<'_>) -> Step<()> {
    if call.habits.rate.limit_bad_keys.broken() {
        return Ok(());
    }
    let domain = call.domain();
    let now = domain.clock.now();
    decide(call, || domain.bad_key_windows.admit(call.peer, now, BAD_KEYS_PER_MINUTE))
}

fn route(
    call: &Call<'_>,
    own: &Window,
    (name, is_heartbeat): (Option<&str>, bool),
    limit: u32,
) -> Step<()> {
    if call.habits.rate.limit.broken() {
        return Ok(());
    }
    let domain = call.domain();
    let now = domain.clock.now();
    let limit = if call.habits.rate.full_allowance.kept() { limit } else { SMALL_ALLOWANCE };
    decide(call, || match (call.habits.rate.bucket, name) {
        (Bucket::Peer, _) => domain.peer_windows.admit((call.peer, is_heartbeat), now, limit),
        (Bucket::PathName, Some(name)) => {
            domain.path_windows.admit((name.to_owned(), is_heartbeat), now, limit)
        }
        (Bucket::Key | Bucket::PathName, _) => own.admit(now, limit),
    })
}

fn decide(call: &Call<'_>, admit: impl FnOnce() -> bool) -> Step<()> {
    if !call.settings.limits_enforced || admit() {
        return Ok(());
    }
    let now = call.domain().clock.now();
    let wait = call.habits.rate.retry_after.kept().then(|| now.secs_to_next_minute());
    Err(too_many(RATE, wait, &call.habits.errors))
}

/// Unknown keys one address may try in a minute.
const BAD_KEYS_PER_MINUTE: u32 = 30;
/// Heartbeats, and polls, a hub takes that counts for one call every five seconds and no more.
const SMALL_ALLOWANCE: u32 = 12;

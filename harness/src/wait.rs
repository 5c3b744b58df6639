//! Waiting for a condition, never for time to pass.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// A condition that did not come true in time, with the last thing seen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} within {} ms; last seen: {last}", .deadline.as_millis())]
pub struct Overdue {
    /// What was waited for.
    pub what: String,
    /// How long.
    pub deadline: Duration,
    /// The last observation.
    pub last: String,
}

/// What a probe saw.
#[derive(Debug)]
pub enum Probe<T> {
    /// The condition holds.
    Done(T),
    /// Not yet; this is what there is.
    Pending(String),
}

impl<T> Probe<T> {
    /// Done when there is something, pending with the words otherwise.
    pub fn found(value: Option<T>, otherwise: impl Display) -> Self {
        value.map_or_else(|| Self::Pending(otherwise.to_string()), Self::Done)
    }
}

/// Asks `probe` again and again until it is done or the deadline has passed.
///
/// Probes that can block on the thing itself (a long poll) should do so; the pause between two
/// probes only keeps quick ones from spinning. It grows with the wait itself, so that what takes
/// milliseconds is noticed within them and what takes minutes costs few probes.
pub async fn eventually<T, F, P>(
    deadline: Duration,
    what: impl Display,
    mut probe: P,
) -> Result<T, Overdue>
where
    P: FnMut() -> F,
    F: Future<Output = Probe<T>>,
{
    let begun = Instant::now();
    let end = begun + deadline;
    let mut last = String::from("nothing");
    loop {
        match tokio::time::timeout_at(end, probe()).await {
            Ok(Probe::Done(value)) => return Ok(value),
            Ok(Probe::Pending(seen)) => last = seen,
            Err(_) => {}
        }
        let pause = (begun.elapsed() / PAUSE_SHARE).clamp(FIRST_PAUSE, LAST_PAUSE);
        if Instant::now() + pause >= end {
            return Err(Overdue { what: what.to_string(), deadline, last });
        }
        sleep(pause).await;
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LAST_PAUSE: Duration = Duration::from_millis(250);
/// A pause is at most this part of the time waited so far.
const PAUSE_SHARE: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_overdue_condition_tells_what_was_seen_last() {
        let overdue = eventually::<(), _, _>(Duration::from_millis(5), "three polls", || async {
            Probe::Pending("one poll".to_owned())
        })
        .await
        .expect_err("never done");
        assert_eq!(overdue.to_string(), "three polls within 5 ms; last seen: one poll");
    }

    #[tokio::test]
    async fn a_condition_that_holds_is_returned_at_once() {
        let value =
            eventually(Duration::from_secs(5), "a value", || async { Probe::Done(7) }).await;
        assert_eq!(value, Ok(7));
    }
}

//! The database sessions of the hub, of which a worn hub has none left.
//!
//! A hub that keeps its clauses hands each session back whatever becomes of the call, so nothing is
//! counted for it. A fault keeps sessions, and with [`SESSIONS_MAX`] kept every call waits
//! [`WAIT`] for one and fails.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::habits::WearHabits;

/// Sessions that were not handed back.
#[derive(Debug, Default)]
pub struct Sessions {
    kept: AtomicUsize,
}

/// The session of one call.
#[derive(Debug)]
pub(super) struct Session<'s> {
    sessions: &'s Sessions,
    habits: WearHabits,
    answered: bool,
}

/// No session came free in time.
#[derive(Debug)]
pub(super) struct Exhausted;

impl Sessions {
    /// A session for a call, after a wait if need be.
    pub(super) async fn open(&self, habits: WearHabits) -> Result<Session<'_>, Exhausted> {
        if self.kept.load(Ordering::Relaxed) >= SESSIONS_MAX {
            tokio::time::sleep(WAIT).await;
            return Err(Exhausted);
        }
        let session = Session { sessions: self, habits, answered: false };
        if habits.hung_up.broken() {
            // The time in which the end of the caller's connection is seen.
            tokio::time::sleep(WORK).await;
        }
        Ok(session)
    }
}

impl Session<'_> {
    /// The call was answered so.
    pub(super) fn close(mut self, status: u16, body_bytes: usize) {
        self.answered = true;
        let refused = (400..500).contains(&status) && self.habits.refused.broken();
        let long = body_bytes >= LONG_BODY_BYTES && self.habits.long_body.broken();
        if refused || long {
            self.sessions.kept.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        if !self.answered && self.habits.hung_up.broken() {
            self.sessions.kept.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A pool of 5 and an overflow of 10, as the usual library has them.
const SESSIONS_MAX: usize = 15;
/// How long the usual library waits for a session.
const WAIT: Duration = Duration::from_secs(30);
/// Long enough for a busy machine to see that the caller is gone before the work is done.
const WORK: Duration = Duration::from_millis(250);
const LONG_BODY_BYTES: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::habits::Duty;

    #[tokio::test(start_paused = true)]
    async fn only_what_a_fault_keeps_is_missing_later() {
        let (ideal, mut worn) = (WearHabits::IDEAL, WearHabits::IDEAL);
        worn.refused = Duty::Broken;
        let sessions = Sessions::default();
        for _ in 0..SESSIONS_MAX {
            drop(sessions.open(ideal).await.ok());
            sessions.open(worn).await.expect("one is left").close(401, 0);
            if let Ok(session) = sessions.open(worn).await {
                session.close(200, 0);
            }
        }
        let asked = tokio::time::Instant::now();
        assert!(sessions.open(ideal).await.is_err());
        assert_eq!(asked.elapsed(), WAIT);
    }

    #[tokio::test]
    async fn a_caller_that_hangs_up_costs_a_session_under_that_fault_alone() {
        let mut worn = WearHabits::IDEAL;
        worn.hung_up = Duty::Broken;
        let sessions = Sessions::default();
        drop(sessions.open(worn).await.ok());
        drop(sessions.open(WearHabits::IDEAL).await.ok());
        assert_eq!(sessions.kept.load(Ordering::Relaxed), 1);
    }
}

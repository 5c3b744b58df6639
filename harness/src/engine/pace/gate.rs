//! Lets scenarios in: a few always, more while the machine has room for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, Notify};

use super::LoadMeter;
use super::load::WINDOW;

/// How many scenarios may run at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jobs {
    /// Exactly so many, because somebody asked for it or the target bears no more.
    Fixed(usize),
    /// As many as the machine carries.
    Room {
        /// Let in at once, however busy it is.
        least: usize,
        /// Never more than these. Between the two, the next one is let in when the machine has room;
        /// where it has none, one a second all the same: what is inside may be waiting, not working,
        /// and others may keep the machine busy for as long as they like.
        most: usize,
        /// Let in one a look beyond `least`, because each starts a program and what that costs shows
        /// only afterwards; otherwise all there is room for.
        one_by_one: bool,
    },
}

impl Jobs {
    /// The most that ever run at once.
    pub fn most(self) -> usize {
        match self {
            Self::Fixed(count) => count.max(1),
            Self::Room { least, most, .. } => most.max(least).max(1),
        }
    }

    /// The same, but never more than `count`.
    #[must_use]
    pub fn at_most(self, count: usize) -> Self {
        Self::Fixed(self.most().min(count))
    }
}

/// The door all scenarios of a run go through.
pub(crate) struct Gate {
    jobs: Jobs,
    meter: Option<LoadMeter>,
    inside: Arc<Inside>,
    /// Who waits, waits in line; holds the window in which the last one was let in.
    line: Mutex<u64>,
}

#[derive(Default)]
struct Inside {
    count: AtomicUsize,
    left: Notify,
}

/// One scenario's stay; it ends when this is dropped.
pub(crate) struct Pass(Arc<Inside>);

impl Drop for Pass {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::Relaxed);
        self.0.left.notify_one();
    }
}

impl Gate {
    /// A door for so many; must be made on a tokio runtime.
    pub(crate) fn new(jobs: Jobs) -> Self {
        let meter = matches!(jobs, Jobs::Room { .. }).then(LoadMeter::start);
        Self { jobs, meter, inside: Arc::default(), line: Mutex::default() }
    }

    /// Waits until there is room for one more.
    pub(crate) async fn enter(&self) -> Pass {
        let mut last = self.line.lock().await;
        loop {
            let window = self.meter.as_ref().map(LoadMeter::windows).unwrap_or_default();
            let look = Look {
                busy: self.meter.as_ref().is_some_and(LoadMeter::is_busy),
                windows_since: window - *last,
            };
            if has_room(self.jobs, self.inside.count.load(Ordering::Relaxed), look) {
                *last = window;
                self.inside.count.fetch_add(1, Ordering::Relaxed);
                return Pass(Arc::clone(&self.inside));
            }
            // Whichever comes first: one that leaves, or another look at the machine.
            let _ = tokio::time::timeout(WINDOW, self.inside.left.notified()).await;
        }
    }
}

/// What the machine shows to one that waits at the door.
#[derive(Clone, Copy, Debug)]
struct Look {
    busy: bool,
    /// Looks since the last one was let in.
    windows_since: u64,
}

fn has_room(jobs: Jobs, inside: usize, look: Look) -> bool {
    match jobs {
        Jobs::Fixed(count) => inside < count.max(1),
        Jobs::Room { least, .. } if inside < least.max(1) => true,
        Jobs::Room { most, .. } if inside >= most => false,
        Jobs::Room { .. } if look.busy => look.windows_since >= BUSY_WINDOWS,
        Jobs::Room { one_by_one, .. } => !one_by_one || look.windows_since >= 1,
    }
}

/// Looks between two that are let in where the machine has no room: a second.
const BUSY_WINDOWS: u64 = 10;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const STARTS: Jobs = Jobs::Room { least: 2, most: 6, one_by_one: true };

    fn look(busy: bool, windows_since: u64) -> Look {
        Look { busy, windows_since }
    }

    #[test]
    fn the_least_go_in_at_once_and_the_most_are_never_passed() {
        assert!(has_room(STARTS, 1, look(true, 0)));
        assert!(!has_room(STARTS, 6, look(false, 100)));
    }

    #[test]
    fn beyond_the_least_each_waits_for_a_look_that_saw_the_one_before_it() {
        assert!(has_room(STARTS, 2, look(false, 1)));
        assert!(!has_room(STARTS, 2, look(false, 0)));
        let quick = Jobs::Room { least: 2, most: 6, one_by_one: false };
        assert!(has_room(quick, 2, look(false, 0)));
    }

    #[test]
    fn a_machine_that_others_keep_busy_slows_the_run_and_does_not_stop_it() {
        assert!(!has_room(STARTS, 2, look(true, 1)));
        assert!(has_room(STARTS, 2, look(true, BUSY_WINDOWS)));
    }

    #[tokio::test]
    async fn a_place_is_free_again_when_a_scenario_leaves() {
        let gate = Gate::new(Jobs::Fixed(2));
        let (first, second) = (gate.enter().await, gate.enter().await);
        let third = tokio::time::timeout(Duration::from_millis(50), gate.enter()).await;
        assert!(third.is_err(), "two places, both taken");
        drop(first);
        let third = tokio::time::timeout(Duration::from_secs(30), gate.enter()).await;
        assert!(third.is_ok());
        drop(second);
    }
}

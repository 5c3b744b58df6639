//! How long to pause after a cycle.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::habits::CycleHabits;

/// Remembers failure and what the hub asked for.
pub(super) struct Pace {
    habits: CycleHabits,
    interval_secs: f64,
    failed_cycles: i32,
    retry_after_secs: f64,
    jitter: StdRng,
}

impl Pace {
    pub(super) fn new(habits: CycleHabits, interval_secs: f64, seed: u64) -> Self {
        Self {
            habits,
            interval_secs,
            failed_cycles: 0,
            retry_after_secs: 0.0,
            jitter: StdRng::seed_from_u64(seed),
        }
    }

    /// The hub asked not to be called for so long.
    pub(super) fn ask_for(&mut self, secs: f64) {
        self.retry_after_secs = self.retry_after_secs.max(secs.min(RETRY_AFTER_SECS_MAX));
    }

    /// Contract seconds to pause after a cycle that went well or not.
    pub(super) fn pause_secs(&mut self, cycle_went_well: bool) -> f64 {
        let asked = std::mem::take(&mut self.retry_after_secs);
        self.failed_cycles = if cycle_went_well { 0 } else { self.failed_cycles.saturating_add(1) };
        let mut pause = self.interval_secs * self.habits.pause_share;
        if self.habits.widens_pause && self.failed_cycles > PATIENT_CYCLES {
            let steps = (self.failed_cycles - PATIENT_CYCLES).min(STEPS_MAX);
            let widest = self.interval_secs.max(WIDEST_SECS);
            let widened = (pause * WIDENING.powi(steps)).min(widest);
            pause = widened * (1.0 + self.jitter.random_range(0.0..JITTER_SHARE));
        }
        if self.habits.honours_retry_after { pause.max(asked) } else { pause }
    }
}

/// So many failed cycles keep the ordinary pace, so that a short outage costs no time.
const PATIENT_CYCLES: i32 = 5;
const WIDENING: f64 = 1.5;
const STEPS_MAX: i32 = 20;
/// Wider, and a hub that comes back would call the trust Offline.
const WIDEST_SECS: f64 = 20.0;
const JITTER_SHARE: f64 = 0.25;
const RETRY_AFTER_SECS_MAX: f64 = 600.0;

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;

    use super::*;
    use crate::habits::Conduct;

    fn pace(conduct: Conduct) -> Pace {
        Pace::new(conduct.habits(EditionId::DEFAULT).cycle, 5.0, 7)
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn repeated_failure_widens_the_pause_within_bounds_and_success_resets_it() {
        let mut pace = pace(Conduct::Ideal);
        let pauses: Vec<f64> = (0..20).map(|_| pace.pause_secs(false)).collect();
        assert!(pauses[..5].iter().all(|pause| near(*pause, 5.0)), "{pauses:?}");
        assert!(pauses[5] >= 7.5 && pauses[6] > pauses[5], "{pauses:?}");
        assert!(pauses.iter().all(|pause| *pause <= 25.0), "{pauses:?}");
        assert!(pauses[19] >= 20.0, "{pauses:?}");
        assert!(near(pace.pause_secs(true), 5.0));
    }

    #[test]
    fn retry_after_is_a_lower_bound_for_one_pause() {
        let mut pace = pace(Conduct::Ideal);
        pace.ask_for(20.0);
        assert!(near(pace.pause_secs(false), 20.0));
        assert!(near(pace.pause_secs(true), 5.0));
    }

    #[test]
    fn as_built_keeps_its_pace() {
        let mut pace = pace(Conduct::AsBuilt);
        pace.ask_for(20.0);
        assert!((0..30).all(|_| near(pace.pause_secs(false), 5.0)));
    }
}

//! The recovery job on a clock that runs by itself.

use std::sync::Arc;
use std::time::Duration;

use contract::limits::RECOVERY_EVERY_MINUTES;
use tokio::time::{MissedTickBehavior, interval};

use crate::domain::{Domain, HubTime};
use crate::faults::routes::RECOVERY_MOMENT;
use crate::habits::Manners;

/// Runs the recovery job when it may have fallen due. Whoever moves the clock has caught up already;
/// asking once more changes nothing.
pub(super) async fn run(domain: Arc<Domain>, manners: Manners) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let start = domain.clock.now();
    let mut period = 0;
    loop {
        ticks.tick().await;
        let now = periods_since(start, domain.clock.now());
        if now != period {
            period = now;
            domain.catch_up(&manners.habits_at(RECOVERY_MOMENT));
        }
    }
}

fn periods_since(start: HubTime, now: HubTime) -> i64 {
    now.micros_since(start).div_euclid(RECOVERY_EVERY_MINUTES * 60 * 1_000_000)
}

/// The schedule counts in minutes.
const EVERY: Duration = Duration::from_secs(1);

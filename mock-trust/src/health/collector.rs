//! The background task that keeps the snapshot fresh (trust 7).

use std::sync::Arc;

use contract::limits;
use tokio::time::{sleep, timeout};

use super::{Prober, Vitals};
use crate::habits::HealthHabits;
use crate::log::{Level, Log};
use crate::settings::Settings;

/// Probes, remembers, rests.
pub(crate) struct Collector {
    pub(crate) prober: Arc<Prober>,
    pub(crate) vitals: Arc<Vitals>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) habits: HealthHabits,
    pub(crate) log: Log,
}

impl Collector {
    /// Runs until dropped.
    pub(crate) async fn run(&self) {
        loop {
            self.round().await;
            sleep(self.settings.time_scale.secs(self.settings.health_interval_secs)).await;
        }
    }

    /// One bounded round. An abandoned one costs its snapshot.
    pub(crate) async fn round(&self) {
        #[allow(clippy::cast_precision_loss)] // a small whole number
        let limit_secs = limits::PROBE_ROUND_SECS as f64;
        let limit = self.settings.time_scale.secs(limit_secs);
        if let Ok(snapshot) = timeout(limit, self.prober.round()).await {
            self.vitals.set_snapshot(Some(snapshot));
            return;
        }
        self.log.line(
            Level::Error,
            "trust_api.health_collector",
            format_args!(
                "Health collection cycle exceeded {limit_secs:.1}s and was abandoned; \
                 heartbeats carry no snapshot until a cycle completes"
            ),
        );
        if self.habits.drops_stale_snapshot {
            self.vitals.set_snapshot(None);
        }
    }
}

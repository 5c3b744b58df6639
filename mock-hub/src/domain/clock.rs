//! The hub's one clock: real by default, and everything semantic reads it.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// An instant of the hub: microseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HubTime(i64);

impl HubTime {
    /// The beginning of the count.
    pub const EPOCH: Self = Self(0);

    /// From microseconds since the Unix epoch.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// The instant `secs` later (earlier when negative).
    pub fn plus_secs(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(MICROS_PER_SEC)))
    }

    /// The instant `minutes` later (earlier when negative).
    pub fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_secs(minutes.saturating_mul(60))
    }

    /// Microseconds since an earlier instant; negative when `earlier` is later.
    pub fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Number of the minute since the epoch: the window of a rate limit.
    pub fn minute(self) -> i64 {
        self.0.div_euclid(60 * MICROS_PER_SEC)
    }

    /// Whole seconds until the next minute begins, 1 to 60.
    pub fn secs_to_next_minute(self) -> i64 {
        60 - self.0.div_euclid(MICROS_PER_SEC).rem_euclid(60)
    }

    /// `2026-11-21T06:10:12.550152`: naive UTC with microseconds.
    pub fn naive(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
    }

    /// `2026-11-21T06:10:12.550Z`: UTC with milliseconds.
    pub fn zulu(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for HubTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.zulu())
    }
}

impl Serialize for HubTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.naive())
    }
}

/// A clock that runs with the machine's until it is frozen, advanced or skewed.
#[derive(Debug)]
pub struct Clock {
    /// The instant it stands at, or [`RUNNING`].
    frozen: AtomicI64,
    advanced: AtomicI64,
    skew: AtomicI64,
}

/// What a clock does and shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClockState {
    /// The instant it shows.
    pub now: HubTime,
    /// Whether it stands still.
    pub frozen: bool,
    /// How far it was advanced, milliseconds.
    pub advanced_ms: i64,
    /// How far it is off on purpose, milliseconds.
    pub skew_ms: i64,
}

impl Clock {
    /// A clock that shows the machine's time.
    pub fn real() -> Self {
        Self {
            frozen: AtomicI64::new(RUNNING),
            advanced: AtomicI64::new(0),
            skew: AtomicI64::new(0),
        }
    }

    /// A clock that stands at an instant.
    pub fn frozen_at(now: HubTime) -> Self {
        let clock = Self::real();
        clock.frozen.store(now.0, Ordering::Release);
        clock
    }

    /// The instant it shows.
    pub fn now(&self) -> HubTime {
        let base = match self.frozen.load(Ordering::Acquire) {
            RUNNING => machine_micros(),
            at => at,
        };
        let shift = self.advanced.load(Ordering::Relaxed) + self.skew.load(Ordering::Relaxed);
        HubTime(base.saturating_add(shift))
    }

    /// Stops it where it is, or lets it run on from there.
    pub fn freeze(&self, frozen: bool) {
        match (frozen, self.frozen.load(Ordering::Acquire)) {
            (true, RUNNING) => self.frozen.store(machine_micros(), Ordering::Release),
            (false, at) if at != RUNNING => {
                self.advanced.fetch_add(at.saturating_sub(machine_micros()), Ordering::AcqRel);
                self.frozen.store(RUNNING, Ordering::Release);
            }
            _ => {}
        }
    }

    /// Moves it. `Domain::advance_ms` also runs what fell due on the way.
    pub fn advance_ms(&self, ms: i64) {
        self.advanced.fetch_add(ms.saturating_mul(1000), Ordering::AcqRel);
    }

    /// Sets how far it is off, replacing an earlier skew.
    pub fn skew_ms(&self, ms: i64) {
        self.skew.store(ms.saturating_mul(1000), Ordering::Release);
    }

    /// Sees to it that it shows no time before `at`: what happened stays in the past.
    pub fn not_before(&self, at: HubTime) {
        let behind = at.0.saturating_sub(self.now().0);
        if behind > 0 {
            self.advanced.fetch_add(behind, Ordering::AcqRel);
        }
    }

    /// Shows the machine's time again.
    pub fn reset(&self) {
        self.frozen.store(RUNNING, Ordering::Release);
        self.advanced.store(0, Ordering::Release);
        self.skew.store(0, Ordering::Release);
    }

    /// What it does and shows.
    pub fn state(&self) -> ClockState {
        ClockState {
            now: self.now(),
            frozen: self.frozen.load(Ordering::Acquire) != RUNNING,
            advanced_ms: self.advanced.load(Ordering::Acquire) / 1000,
            skew_ms: self.skew.load(Ordering::Acquire) / 1000,
        }
    }
}

fn machine_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// In place of an instant: the clock is not frozen.
const RUNNING: i64 = i64::MIN;
const MICROS_PER_SEC: i64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_the_hub_writes_them() {
        let at = HubTime::from_micros(1_795_241_412_550_152);
        assert_eq!(at.naive(), "2026-11-21T06:10:12.550152");
        assert_eq!(at.zulu(), "2026-11-21T06:10:12.550Z");
        assert_eq!(at.secs_to_next_minute(), 48);
    }

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = Clock::frozen_at(HubTime::from_micros(0));
        clock.advance_ms(1500);
        assert_eq!(clock.now(), HubTime::from_micros(1_500_000));
        clock.skew_ms(-500);
        assert_eq!(clock.now(), HubTime::from_micros(1_000_000));
        clock.skew_ms(0);
        assert_eq!(clock.now(), HubTime::from_micros(1_500_000));
    }

    #[test]
    fn a_thawed_clock_runs_on_from_where_it_stood() {
        let clock = Clock::frozen_at(HubTime::from_micros(5_000_000));
        clock.freeze(false);
        let now = clock.now();
        assert!(now >= HubTime::from_micros(5_000_000));
        assert!(now < HubTime::from_micros(65_000_000), "{now}");
        clock.reset();
        assert!(clock.now() > HubTime::from_micros(1_000_000_000_000_000));
    }
}

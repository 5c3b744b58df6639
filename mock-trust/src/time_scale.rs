//! One factor on every wait and limit of the trust, so that a test need not last as long as a day.

use std::time::Duration;

/// A factor on time: 1.0 is real time, 0.02 fifty times faster.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeScale(f64);

impl TimeScale {
    /// Real time.
    pub const REAL: Self = Self(1.0);

    /// A positive, finite factor; `None` for anything else.
    pub fn new(factor: f64) -> Option<Self> {
        (factor.is_finite() && factor > 0.0).then_some(Self(factor))
    }

    /// The factor.
    pub fn factor(self) -> f64 {
        self.0
    }

    /// So many contract seconds as real time; at most a year, never negative.
    pub fn secs(self, secs: f64) -> Duration {
        Duration::from_secs_f64((secs * self.0).clamp(0.0, YEAR_SECS))
    }

    /// The contract milliseconds that passed in a span of real time.
    pub fn contract_ms(self, real: Duration) -> f64 {
        real.as_secs_f64() * 1000.0 / self.0
    }
}

impl Default for TimeScale {
    fn default() -> Self {
        Self::REAL
    }
}

const YEAR_SECS: f64 = 31_536_000.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_shrink_by_the_factor() {
        let scale = TimeScale::new(0.02).expect("positive");
        assert_eq!(scale.secs(5.0), Duration::from_millis(100));
        assert!((scale.contract_ms(Duration::from_millis(20)) - 1000.0).abs() < 1e-9);
    }

    #[test]
    fn only_positive_finite_factors_exist() {
        for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(TimeScale::new(factor), None);
        }
        assert_eq!(TimeScale::REAL.secs(-3.0), Duration::ZERO);
    }
}

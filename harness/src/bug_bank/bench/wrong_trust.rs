//! A trust that is started with another kit or release than it should be.

use std::sync::Arc;

use contract::edition::Edition;
use futures::future::BoxFuture;

use crate::target::{Capability, RunningTrust, TargetError, TrustOrder, TrustTarget};

/// What is wrong with the way a trust is started.
type Mistake = Arc<dyn Fn(&mut TrustOrder) + Send + Sync>;

/// Starts trusts with a mistake.
pub struct WrongTrust {
    inner: Arc<dyn TrustTarget>,
    mistake: Mistake,
}

impl WrongTrust {
    /// Trusts of `inner`, each started with that mistake.
    pub fn mistaken(
        inner: Arc<dyn TrustTarget>,
        mistake: impl Fn(&mut TrustOrder) + Send + Sync + 'static,
    ) -> Arc<dyn TrustTarget> {
        Arc::new(Self { inner, mistake: Arc::new(mistake) })
    }
}

impl TrustTarget for WrongTrust {
    fn kind(&self) -> &'static str {
        self.inner.kind()
    }

    fn can(&self, capability: Capability) -> bool {
        self.inner.can(capability)
    }

    fn time_scale(&self) -> f64 {
        self.inner.time_scale()
    }

    fn poll_interval_secs(&self) -> u64 {
        self.inner.poll_interval_secs()
    }

    fn out_of_reach(&self, requirement: &str, edition: &Edition) -> Option<&'static str> {
        self.inner.out_of_reach(requirement, edition)
    }

    fn start(
        &self,
        mut order: TrustOrder,
    ) -> BoxFuture<'_, Result<Box<dyn RunningTrust>, TargetError>> {
        (self.mistake)(&mut order);
        self.inner.start(order)
    }
}

//! `attach`: a trust somebody else starts with the kit we print.

use std::any::Any;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::{Capability, Exit, LogBook, RunningTrust, TargetError, TrustOrder, TrustTarget};

/// Shows the kit to the user, for as long as what it returns is kept.
pub type ShowKit = Arc<dyn Fn(&TrustOrder) -> Result<OnShow, TargetError> + Send + Sync>;

/// Takes the kit away again when dropped.
pub type OnShow = Box<dyn Any + Send + Sync>;

/// A trust that runs elsewhere; only what reaches our sockets can be seen of it.
#[derive(Clone)]
pub struct AttachedTrust {
    show: ShowKit,
}

impl AttachedTrust {
    /// A trust whose kit is handed over by `show`.
    pub fn new(show: ShowKit) -> Self {
        Self { show }
    }
}

impl TrustTarget for AttachedTrust {
    fn kind(&self) -> &'static str {
        "attach"
    }

    fn can(&self, capability: Capability) -> bool {
        capability == Capability::Loopback
    }

    fn time_scale(&self) -> f64 {
        1.0
    }

    fn poll_interval_secs(&self) -> u64 {
        2
    }

    fn start(
        &self,
        order: TrustOrder,
    ) -> BoxFuture<'_, Result<Box<dyn RunningTrust>, TargetError>> {
        async move {
            let on_show = (self.show)(&order)?;
            let log = Arc::new(LogBook::new(order.secrets));
            Ok(Box::new(Elsewhere { log, _on_show: on_show }) as Box<dyn RunningTrust>)
        }
        .boxed()
    }
}

struct Elsewhere {
    log: Arc<LogBook>,
    _on_show: OnShow,
}

impl RunningTrust for Elsewhere {
    fn health_url(&self) -> Option<String> {
        None
    }

    fn log(&self) -> Arc<LogBook> {
        Arc::clone(&self.log)
    }

    fn exited(&self) -> Option<Exit> {
        None
    }

    fn wait(&self) -> BoxFuture<'_, Exit> {
        futures::future::pending().boxed()
    }

    fn terminate(&self) -> Result<(), TargetError> {
        Err(TargetError::Unable("be signalled: it runs elsewhere"))
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        futures::future::ready(()).boxed()
    }
}

//! A hub something was done to after it started.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::Sabotage;
use crate::control::{Control, HubControl};
use crate::target::{Capability, HubHandle, HubOrder, HubSource, TargetError};

/// Starts hubs and does something to each.
pub struct WrongHub {
    inner: Arc<dyn HubSource>,
    sabotage: Sabotage,
}

impl WrongHub {
    /// Hubs of `inner`, each with that done to it.
    pub fn sabotaged(inner: Arc<dyn HubSource>, sabotage: Sabotage) -> Arc<dyn HubSource> {
        Arc::new(Self { inner, sabotage })
    }
}

impl HubSource for WrongHub {
    fn kind(&self) -> &'static str {
        self.inner.kind()
    }

    fn can(&self, capability: Capability) -> bool {
        self.inner.can(capability)
    }

    fn start(&self, order: HubOrder) -> BoxFuture<'_, Result<HubHandle, TargetError>> {
        async move {
            let hub = self.inner.start(order).await?;
            let failed = |reason: String| TargetError::CannotStart {
                what: "a hub with something done to it".to_owned(),
                reason,
            };
            let address = hub.control.clone().ok_or_else(|| failed("no control API".to_owned()))?;
            let control = HubControl::new(Control::new(address));
            (self.sabotage)(control).await.map_err(|stop| failed(stop.to_string()))?;
            Ok(hub)
        }
        .boxed()
    }
}

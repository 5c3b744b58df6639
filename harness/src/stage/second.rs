//! A second trust at the hub of the first: federations of more than one site.

use super::Stage;
use crate::finding::Judged;
use crate::stage::StagePlan;
use crate::target::{HubHandle, Surroundings, TrustTarget};

impl Stage {
    /// Registers another trust at this stage's hub, with site services of its own; does not start it.
    /// The hub lives as long as the first stage.
    pub async fn beside(
        &self,
        around: &Surroundings,
        target: &dyn TrustTarget,
        plan: &StagePlan,
        names: (&str, &str),
    ) -> Judged<Self> {
        let hub = HubHandle {
            api_url: self.hub.api_url.clone(),
            fl_addr: self.hub.fl_addr,
            control: self.hub.control.clone(),
            ca_pem: self.hub.ca_pem.clone(),
            guard: Box::new(()),
        };
        Self::around_hub(around, target, plan, (hub, self.hub_edition), names).await
    }
}

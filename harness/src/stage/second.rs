//! A second trust at the hub of the first: federations of more than one site.

use std::sync::Arc;

use super::tidying::Beginning;
use super::{Mark, Stage, planted, start_site, trust_environment};
use crate::control::{Control, SiteControl};
use crate::finding::Judged;
use crate::payloads::PLANTED_EMAIL;
use crate::stage::StagePlan;
use crate::target::{HubHandle, LogBook, Surroundings, TrustTarget};

impl Stage {
    /// Registers another trust at this stage's hub, with site services of its own; does not start it.
    /// The hub lives as long as the first stage.
    pub async fn beside(
        &self,
        around: &Surroundings,
        target: &dyn TrustTarget,
        plan: &StagePlan,
        (name, code): (&str, &str),
    ) -> Judged<Self> {
        let hub = HubHandle {
            api_url: self.hub.api_url.clone(),
            fl_addr: self.hub.fl_addr,
            control: self.hub.control.clone(),
            ca_pem: self.hub.ca_pem.clone(),
            guard: Box::new(()),
        };
        let hub_control = self.hub_control.clone();
        let registration = hub_control.register(name, code).await?;
        let site = start_site(around, plan, &registration).await?;
        let site_control = SiteControl::new(Control::new(site.control.clone()));
        let env = trust_environment(plan.edition, target, &hub, &site, &registration);
        let secrets = planted(&registration);
        let beginning = Beginning::of(&hub, &hub_control, &site_control).await?;
        let stage = Self {
            edition: plan.edition,
            hub_edition: self.hub_edition,
            hub,
            hub_control,
            site,
            site_control,
            registration,
            env,
            secrets,
            watched: Vec::new(),
            trust: None,
            log: Arc::new(LogBook::new(Vec::new())),
            mark: Mark::default(),
            own_process: false,
            own_site: false,
            decoy: None,
            beginning,
        };
        stage.imaging_user(PLANTED_EMAIL).await?;
        Ok(stage)
    }
}

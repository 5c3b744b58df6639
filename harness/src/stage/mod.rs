//! One federation for one scenario: a mock hub, site services, and the trust between them.

use std::collections::BTreeMap;
use std::sync::Arc;

use contract::edition::Edition;
use contract::key::Secret;

use crate::control::{Control, HubControl, Registration, SiteControl};
use crate::finding::{Judged, Stop};
use crate::oracle::secrets::{BEGINNING_OF, END_OF};
use crate::packets::Ledger;
use crate::payloads::PLANTED_EMAIL;
use crate::target::{
    ControlAddress, HubHandle, HubOrder, LogBook, Lookout, RunningTrust, SiteHandle, SiteOrder,
    Surroundings, TargetError, TrustOrder, TrustTarget,
};

mod approach;
mod decoy;
mod environment;
mod forward_proxy;
mod neighbour;
mod second;
mod tidying;

pub use approach::{ADDRESS_V6, ADDRESSES, Approach, HUB_NAME, Names};
pub use decoy::Decoy;
pub use environment::{kit_text, trust_environment};
pub use forward_proxy::{Answer, ForwardProxy, Passage};
pub use neighbour::is_setup;
use tidying::Beginning;

/// Everything around one trust, and the trust once it was started.
pub struct Stage {
    /// Edition trust and site speak.
    pub edition: &'static Edition,
    /// Edition the hub speaks.
    pub hub_edition: &'static Edition,
    /// The hub opposite.
    pub hub: HubHandle,
    /// Its control API.
    pub hub_control: HubControl,
    /// The services beside.
    pub site: SiteHandle,
    /// Their control API.
    pub site_control: SiteControl,
    /// What the hub issued to the trust.
    pub registration: Registration,
    /// Environment the trust gets, open to change until it starts.
    pub env: BTreeMap<String, String>,
    /// Planted secrets by name.
    pub secrets: Vec<(String, Secret)>,
    /// Texts that must not show in the output, by name: planted queries and payloads.
    pub watched: Vec<(String, Secret)>,
    /// The trust, once started.
    pub trust: Option<Box<dyn RunningTrust>>,
    /// Output of the last trust started.
    pub log: Arc<LogBook>,
    /// Where this scenario's captures begin.
    pub mark: Mark,
    /// Whether the trust must run in a process of its own.
    pub own_process: bool,
    /// Whether the trust must bring its own site services.
    pub own_site: bool,
    /// Whether the disk of the trust takes no more byte.
    pub disk_full: bool,
    /// Another origin, where a scenario needs one.
    pub decoy: Option<Decoy>,
    /// Ways to the hub that can be interrupted, the present one last.
    pub approaches: Vec<Approach>,
    /// Names the trust looks its hub up by, where it has names of its own.
    pub names: Option<Names>,
    /// A forward proxy on the site's way out, if the scenario needs one.
    pub proxy: Option<ForwardProxy>,
    /// What sees the trust's packets, where a scenario wants that.
    pub lookout: Option<Arc<dyn Lookout>>,
    /// Other places with one, by the words of the steps that set them up.
    pub further_lookouts: BTreeMap<&'static str, Arc<dyn Lookout>>,
    /// What the lookout had seen before this scenario's looks begin.
    pub seen_before: Ledger,
    beginning: Beginning,
}

/// Positions in the captures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mark {
    /// In the hub's journal.
    pub hub: u64,
    /// In the site's journal.
    pub site: u64,
    /// In the trust's output.
    pub log: u64,
}

/// What a stage is made from.
#[derive(Clone)]
pub struct StagePlan {
    /// Edition of trust and site.
    pub edition: &'static Edition,
    /// Edition of the hub, where it is another one.
    pub hub_edition: Option<&'static Edition>,
    /// Conduct of the hub opposite.
    pub hub_conduct: String,
    /// Seed.
    pub seed: u64,
    /// Whether the hub speaks TLS.
    pub tls: bool,
    /// Semantic faults of the hub opposite, armed from the start.
    pub hub_faults: Vec<String>,
    /// Whether the hub should listen on the ports of a deployment.
    pub usual_ports: bool,
}

impl Stage {
    /// Starts hub and site services and registers one trust; does not start the trust.
    pub async fn build(
        around: &Surroundings,
        target: &dyn TrustTarget,
        plan: &StagePlan,
    ) -> Judged<Self> {
        let hub_edition = plan.hub_edition.unwrap_or(plan.edition);
        let order = HubOrder {
            edition: hub_edition.id,
            seed: plan.seed,
            conduct: plan.hub_conduct.clone(),
            faults: plan.hub_faults.clone(),
            tls: plan.tls,
            slots: None,
            state: None,
            listen: target.listen_ip(),
            usual_ports: plan.usual_ports,
        };
        let hub = around.hubs.start(order).await.map_err(Stop::not_verified)?;
        HubControl::new(Control::new(control_of(&hub)?)).rate_limits(false).await?;
        Self::around_hub(around, target, plan, (hub, hub_edition), (TRUST_NAME, TRUST_CODE)).await
    }

    /// Registers a trust at a hub that runs and sets its site up.
    async fn around_hub(
        around: &Surroundings,
        target: &dyn TrustTarget,
        plan: &StagePlan,
        (hub, hub_edition): (HubHandle, &'static Edition),
        (name, code): (&str, &str),
    ) -> Judged<Self> {
        let hub_control = HubControl::new(Control::new(control_of(&hub)?));
        let registration = hub_control.register(name, code).await?;
        let site = start_site(around, target, plan, &registration).await?;
        let site_control = SiteControl::new(Control::new(site.control.clone()));
        let env = trust_environment(plan.edition, target, &hub, &site, &registration);
        let secrets = planted(&registration);
        let beginning = Beginning::of(&hub, &hub_control, &site_control).await?;
        let stage = Self {
            edition: plan.edition,
            hub_edition,
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
            disk_full: false,
            decoy: None,
            approaches: Vec::new(),
            names: None,
            proxy: None,
            lookout: None,
            further_lookouts: BTreeMap::new(),
            seen_before: Ledger::default(),
            beginning,
        };
        stage.imaging_user(PLANTED_EMAIL).await?;
        Ok(stage)
    }

    /// Starts the trust with the environment as it is now.
    pub async fn start_trust(&mut self, target: &dyn TrustTarget) -> Result<(), TargetError> {
        self.end_trust().await;
        let order = TrustOrder {
            kit: kit_text(&self.env, &self.registration),
            env: self.env.clone(),
            edition: self.edition.id,
            secrets: self.secrets.iter().chain(&self.watched).cloned().collect(),
            time_scale: target.time_scale(),
            own_process: self.own_process,
            own_site: self.own_site,
            disk_full: self.disk_full,
            hosts: self.names.as_ref().map(|names| names.path().to_owned()),
            namespace: self.lookout.as_ref().map(|lookout| lookout.namespace()),
        };
        let trust = target.start(order).await?;
        self.log = trust.log();
        if let Some(site) = trust.site() {
            self.site_control = SiteControl::new(Control::new(site.control.clone()));
            self.site = site;
        }
        self.trust = Some(trust);
        Ok(())
    }

    /// The trust, if it was started.
    pub fn running(&self) -> Judged<&dyn RunningTrust> {
        self.trust.as_deref().ok_or_else(|| Stop::not_verified("the trust was not started"))
    }

    /// A text that must not show in the output from now on.
    pub fn watch(&mut self, name: &str, text: &str) {
        if self.watched.iter().any(|(known, secret)| known == name && secret.expose() == text) {
            return;
        }
        let secret = Secret::from(text.to_owned());
        self.log.watch(name, secret.clone());
        self.watched.push((name.to_owned(), secret));
    }

    /// The same for a text of which the first or the last characters alone must not show either.
    pub fn watch_in_part(&mut self, name: &str, text: &str) {
        self.watch(name, text);
        let chars: Vec<char> = text.chars().collect();
        if chars.len() > PART_CHARS * 2 {
            let first: String = chars[..PART_CHARS].iter().collect();
            let last: String = chars[chars.len() - PART_CHARS..].iter().collect();
            self.watch(&format!("{BEGINNING_OF}{name}"), &first);
            self.watch(&format!("{END_OF}{name}"), &last);
        }
    }

    /// The pause the trust keeps after each cycle, in real milliseconds.
    pub fn poll_interval_ms(&self, time_scale: f64) -> f64 {
        let set = self.env.get("POLL_INTERVAL_SECONDS").and_then(|text| text.parse().ok());
        #[allow(clippy::cast_precision_loss)] // a few seconds
        let secs: f64 = set.unwrap_or(contract::limits::POLL_INTERVAL_SECS as f64);
        secs * time_scale * 1000.0
    }

    /// The present end of all captures.
    pub async fn newest(&self) -> Judged<Mark> {
        Ok(Mark {
            hub: self.hub_control.control.newest().await?,
            site: self.site_control.control.newest().await?,
            log: self.log.newest(),
        })
    }

    /// Ends the trust; whoever watches it stays.
    pub async fn end_trust(&mut self) {
        if let Some(trust) = self.trust.take() {
            trust.stop().await;
        }
    }

    /// Ends the trust and whoever watches it.
    pub async fn close(&mut self) {
        self.end_trust().await;
        let further = std::mem::take(&mut self.further_lookouts).into_values();
        for lookout in self.lookout.take().into_iter().chain(further) {
            lookout.end().await;
        }
    }
}

async fn start_site(
    around: &Surroundings,
    target: &dyn TrustTarget,
    plan: &StagePlan,
    registration: &Registration,
) -> Judged<SiteHandle> {
    let shared = |key: &str| registration.hub_shared.get(key).cloned();
    let payload_key = shared("AES_KEY_BASE64").unwrap_or_default();
    let own = shared("TRUST_AES_KID").zip(shared("TRUST_AES_KEY_BASE64"));
    let order = SiteOrder {
        edition: plan.edition.id,
        site_key: registration.site_key.clone(),
        payload_key: Secret::from(payload_key),
        own_payload_key: own.map(|(kid, key)| (kid, Secret::from(key))),
        seed: plan.seed,
        listen: target.listen_ip(),
    };
    around.sites.start(order).await.map_err(Stop::not_verified)
}

/// The secrets a registration brings into the world.
pub fn planted(registration: &Registration) -> Vec<(String, Secret)> {
    let mut secrets = vec![
        ("TRUST_API_KEY".to_owned(), registration.trust_api_key.clone()),
        ("TRUST_INTERNAL_SERVICE_KEY".to_owned(), registration.site_key.clone()),
    ];
    for name in ["AES_KEY_BASE64", "TRUST_AES_KEY_BASE64"] {
        if let Some(key) = registration.hub_shared.get(name) {
            secrets.push((name.to_owned(), Secret::from(key.clone())));
        }
    }
    secrets
}

fn control_of(hub: &HubHandle) -> Judged<ControlAddress> {
    hub.control.clone().ok_or_else(|| Stop::not_verified("hub without control"))
}

/// How many characters of a planted text are enough to know it by: what is left of a query where a
/// validation error shows 25 characters of a payload.
const PART_CHARS: usize = 14;
const TRUST_NAME: &str = "Alpha Hospital";
const TRUST_CODE: &str = "ALPHA";

//! Where bugs are planted: stand-ins to order, scenarios against them, and an inert setting in which
//! every plant is left out, so that a verdict can be seen to bite.

use std::sync::Arc;
use std::time::Duration;

use contract::edition::{Edition, EditionId};
use futures::future::BoxFuture;

use super::{Catcher, Caught};
use crate::control::{HubControl, JournalFilter};
use crate::engine::{FeatureSet, Gate, Jobs, Selection, Subject, Trial, is_red, select};
use crate::event::Side;
use crate::finding::{Judged, Stop, shorten};
use crate::hub_stage::{HubPlan, HubStage};
use crate::outcome::Outcome;
use crate::report::Guard;
use crate::stage::{Stage, StagePlan};
use crate::target::{Surroundings, TargetError, TrustTarget};
use crate::wait::{Probe, eventually};
use crate::world::{Lanes, RunContext};

mod federation;
mod look;
mod training;
mod window;
mod wrong_hub;
mod wrong_trust;

pub use federation::{able_to_train, task_line};
pub use look::{exchange_line, status_line};
pub use training::Trained;
#[cfg(test)]
pub(super) use window::pairing;
pub use wrong_hub::WrongHub;
pub use wrong_trust::WrongTrust;

/// Which behaviour a built-in trust shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// As the real services are seen to behave.
    AsBuilt,
    /// Every clause kept.
    Ideal,
}

/// Makes the stand-ins; the command fills it in.
pub trait Workshop: Send + Sync {
    /// Hubs and site services.
    fn around(&self) -> Surroundings;
    /// A trust of that edition and conduct, broken by these mutants.
    fn trust(
        &self,
        edition: &'static Edition,
        conduct: Conduct,
        mutants: &[&str],
    ) -> Judged<Arc<dyn TrustTarget>>;
}

/// What a play works with.
pub struct Bench {
    workshop: Arc<dyn Workshop>,
    set: Arc<FeatureSet>,
    /// Seed of keys and ids.
    pub seed: u64,
    /// Leave every plant out: the bug must then not appear.
    pub inert: bool,
    /// Every secret minted on the way.
    pub guard: Arc<Guard>,
}

impl Bench {
    /// A bench over those stand-ins and scenarios.
    pub fn new(workshop: Arc<dyn Workshop>, set: Arc<FeatureSet>, seed: u64, inert: bool) -> Self {
        Self { workshop, set, seed, inert, guard: Arc::default() }
    }

    /// Whether plants are put in place; every play asks before it does something by hand.
    pub fn plants(&self) -> bool {
        !self.inert
    }

    /// The names, or none on an inert bench.
    fn names<'a>(&self, names: &'a [&'a str]) -> &'a [&'a str] {
        if self.inert { &[] } else { names }
    }

    /// Hubs and site services.
    pub fn around(&self) -> Surroundings {
        self.workshop.around()
    }

    // ---- subjects ----

    /// A trust that keeps every clause but for these mutants.
    pub fn trust(
        &self,
        edition: &'static Edition,
        mutants: &[&str],
    ) -> Judged<Arc<dyn TrustTarget>> {
        self.workshop.trust(edition, Conduct::Ideal, self.names(mutants))
    }

    /// A trust of that conduct.
    pub fn trust_of(
        &self,
        edition: &'static Edition,
        conduct: Conduct,
    ) -> Judged<Arc<dyn TrustTarget>> {
        self.workshop.trust(edition, conduct, &[])
    }

    /// That trust, judged between the usual stand-ins.
    pub fn trust_subject(&self, target: Arc<dyn TrustTarget>) -> Subject {
        Subject::Trust { target, around: self.around() }
    }

    /// A hub that keeps every clause but for these faults, judged.
    pub fn hub_subject(&self, faults: &[&str]) -> Subject {
        Subject::Hub {
            source: self.around().hubs,
            conduct: "ideal".to_owned(),
            faults: self.names(faults).iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// A trust between hub and site services, not yet started.
    pub async fn stage(
        &self,
        target: &dyn TrustTarget,
        edition: &'static Edition,
        hub_edition: Option<&'static Edition>,
    ) -> Judged<Stage> {
        let plan = StagePlan {
            edition,
            hub_edition,
            hub_conduct: "as-built".to_owned(),
            seed: self.seed,
            tls: false,
            hub_faults: Vec::new(),
            usual_ports: false,
        };
        let mut stage = Stage::build(&self.around(), target, &plan).await?;
        let scale = target.time_scale().to_string();
        stage.env.insert("FLIPCHECK_TIME_SCALE".to_owned(), scale);
        for (name, secret) in &stage.secrets {
            self.guard.plant(name.clone(), secret.clone());
        }
        Ok(stage)
    }

    /// A hub with us as its callers.
    pub async fn hub(&self, subject: &Subject, edition: EditionId) -> Judged<HubStage> {
        self.hub_with(subject, edition, HubPlan::default()).await
    }

    /// The same from a plan.
    pub async fn hub_with(
        &self,
        subject: &Subject,
        edition: EditionId,
        plan: HubPlan,
    ) -> Judged<HubStage> {
        self.try_hub(subject, edition, plan).await?.map_err(Stop::not_verified)
    }

    /// The same; the inner error is a hub that did not start.
    pub async fn try_hub(
        &self,
        subject: &Subject,
        edition: EditionId,
        plan: HubPlan,
    ) -> Judged<Result<HubStage, TargetError>> {
        let context = RunContext {
            subject: subject.clone(),
            edition: edition.row(),
            seed: self.seed,
            step_limit: None,
            guard: Arc::clone(&self.guard),
            gate: Gate::new(Jobs::Fixed(1)),
            lanes: Lanes::new(0),
            lost: parking_lot::Mutex::default(),
        };
        HubStage::try_build(&context, plan).await
    }

    // ---- catching ----

    /// Runs one scenario against the subject as planted.
    pub async fn scenario(
        &self,
        id: &'static str,
        subject: Subject,
        edition: EditionId,
    ) -> Judged<Caught> {
        let side = match subject {
            Subject::Trust { .. } => Side::Trust,
            Subject::Hub { .. } => Side::Hub,
        };
        let wish = Selection { ids: vec![id.to_owned()], ..Selection::default() };
        let cases = select(&self.set, side, &wish).map_err(Stop::not_verified)?;
        let guard = Arc::clone(&self.guard);
        let trial = Trial { subject, edition, seed: self.seed, jobs: 1, guard };
        let results = trial.run(&self.set, cases).await;
        let result = results
            .into_iter()
            .find(|result| result.id == id)
            .ok_or_else(|| Stop::not_verified(format!("{id} did not run")))?;
        let red = is_red(&result);
        if !red && result.outcome != Outcome::Passed {
            let why = result.reason.unwrap_or_default();
            return Err(Stop::not_verified(format!("{id}: {}: {why}", result.outcome)));
        }
        let mut told = Vec::new();
        for finding in result.findings.iter().map(|judged| &judged.finding) {
            told.push(shorten(&format!(
                "{}: expected {}; observed {}",
                finding.requirement, finding.expected, finding.observed
            )));
            told.extend(finding.evidence.iter().take(EVIDENCE_LINES).map(|line| shorten(line)));
        }
        Ok(Caught { by: Catcher::Scenario(id).to_string(), red, told })
    }

    /// Waits for something to come true of the running system; what does not come is no error.
    pub async fn comes<T>(
        &self,
        what: &str,
        probe: impl AsyncFn() -> Judged<Option<T>>,
    ) -> Judged<Option<T>> {
        let failed = parking_lot::Mutex::new(None);
        let waited = eventually(PATIENCE, what, || async {
            match probe().await {
                Ok(found) => Probe::found(found, "not yet"),
                Err(stop) => {
                    let told = stop.to_string();
                    *failed.lock() = Some(stop);
                    Probe::Pending(told)
                }
            }
        })
        .await;
        match (waited, failed.into_inner()) {
            (Ok(found), _) => Ok(Some(found)),
            (Err(_), Some(stop)) => Err(stop),
            (Err(_), None) => Ok(None),
        }
    }

    /// The first exchange of a route that is as asked, if one comes.
    pub async fn exchange(
        &self,
        hub: &HubControl,
        route: &str,
        is_it: impl Fn(&contract::capture::Exchange) -> bool,
    ) -> Judged<Option<contract::capture::Exchange>> {
        let filter = JournalFilter { route: Some(route.to_owned()), ..JournalFilter::default() };
        self.comes(route, async || {
            let seen = hub.control.journal(&filter).await?;
            Ok(seen.into_iter().find(|exchange| is_it(exchange)))
        })
        .await
    }
}

impl Bench {
    /// The same where it is to be expected at all: nobody waits in vain on an inert bench.
    pub async fn exchange_if(
        &self,
        expected: bool,
        hub: &HubControl,
        route: &str,
        is_it: impl Fn(&contract::capture::Exchange) -> bool,
    ) -> Judged<Option<contract::capture::Exchange>> {
        if expected { self.exchange(hub, route, is_it).await } else { Ok(None) }
    }
}

/// Something done to a hub after it started.
pub type Sabotage = Arc<dyn Fn(HubControl) -> BoxFuture<'static, Judged> + Send + Sync>;

/// How long a symptom may take on a busy machine; what a play waits for in vain costs this much.
const PATIENCE: Duration = Duration::from_secs(8);
/// Evidence of a catcher that is shown.
const EVIDENCE_LINES: usize = 4;

//! The half of a scenario that judges a trust: the federation around it, and what was captured there.

use std::sync::Arc;
use std::time::Duration;

use contract::capture::Exchange;

use super::World;
use crate::control::JournalFilter;
use crate::engine::Subject;
use crate::finding::{Judged, Stop};
use crate::stage::{Stage, StagePlan};
use crate::target::{Capability, Surroundings, TrustTarget};
use crate::wait::{Overdue, Probe, eventually};

impl World {
    /// The trust judged in this run.
    pub fn trust_target(&self) -> Judged<&dyn TrustTarget> {
        match &self.run().subject {
            Subject::Trust { target, .. } => Ok(target.as_ref()),
            Subject::Hub { .. } => Err(Stop::not_applicable("this run judges a hub")),
        }
    }

    /// The federation; built on first use, or borrowed where scenarios share one.
    pub async fn stage(&mut self) -> Judged<&mut Stage> {
        if self.stage.is_none() {
            self.open_stage(None).await?;
        }
        self.stage.as_mut().ok_or_else(|| Stop::not_verified("no federation"))
    }

    /// Builds the federation from a plan of the scenario's own.
    pub async fn open_stage(&mut self, plan: Option<StagePlan>) -> Judged {
        let context = Arc::clone(self.context.as_ref().expect("entered"));
        let Subject::Trust { target, around, .. } = &context.subject else {
            return Err(Stop::not_applicable("this run judges a hub"));
        };
        if plan.is_none() && self.lane.is_some() {
            return self.borrow(target.as_ref(), around).await;
        }
        if target.can(Capability::Restart) {
            let plan = plan.unwrap_or_else(|| self.usual_plan());
            let mut stage = Stage::build(around, target.as_ref(), &plan).await?;
            let scale = self.time_scale().to_string();
            stage.env.insert("FLIPCHECK_TIME_SCALE".to_owned(), scale);
            context.keep_secret(&stage.secrets);
            self.stage = Some(stage);
            return Ok(());
        }
        Err(Stop::not_applicable("this target cannot be moved to another hub"))
    }

    /// The federation of the lane, tidy; another one where it is spent and another can be had.
    async fn borrow(&mut self, target: &dyn TrustTarget, around: &Surroundings) -> Judged {
        let context = self.context();
        if let Some(why) = context.lost.lock().clone() {
            return Err(Stop::NotVerified(why));
        }
        let restartable = target.can(Capability::Restart);
        let patience = self.patience(self.next_cycle_secs());
        let left = self.lane.as_mut().and_then(|lane| lane.stage.take());
        let stage = match left {
            None => None,
            Some(mut stage) => match stage.tidy(restartable.then_some(patience)).await {
                Ok(()) => Some(stage),
                Err(_) if restartable => {
                    stage.close().await;
                    None
                }
                Err(stop) => {
                    // Somebody carried its kit to the target: there is no other federation for it.
                    if let Some(lane) = &mut self.lane {
                        *lane.stage = Some(stage);
                    }
                    return Err(stop);
                }
            },
        };
        let stage = match stage {
            Some(stage) => stage,
            None => Stage::build(around, target, &self.usual_plan()).await?,
        };
        context.keep_secret(&stage.secrets);
        self.stage = Some(stage);
        self.on_lane = true;
        Ok(())
    }

    /// Whether the federation of the lane is fit for another scenario; ends it if not.
    pub(super) async fn hand_back(&self, stage: &mut Stage) -> bool {
        if !self.run().subject.can(Capability::Restart) {
            self.look_after(stage).await;
            return true;
        }
        let went_through = matches!(self.ended, None | Some((_, Stop::NotApplicable(_))));
        let clean = self.findings.is_empty() && went_through;
        let alive = stage.trust.as_ref().is_none_or(|trust| trust.exited().is_none());
        if clean && alive {
            return true;
        }
        stage.close().await;
        false
    }

    /// Gives up on a target that fell silent, so that not every later scenario waits for it in vain.
    async fn look_after(&self, stage: &mut Stage) {
        let tested = !matches!(self.ended, Some((_, Stop::NotVerified(_))));
        if tested || stage.trust.is_none() || stage.restore().await.is_err() {
            return;
        }
        let begun = stage.hub_control.control.newest().await.unwrap_or_default();
        let waited =
            eventually(self.patience(self.next_cycle_secs()), "a call of the trust", || async {
                let newest = stage.hub_control.control.newest().await.unwrap_or_default();
                Probe::found((newest > begun).then_some(()), "none")
            })
            .await;
        if let Err(silence) = waited {
            let why = format!("the target fell silent: {silence}; no later scenario was tried");
            *self.run().lost.lock() = Some(why);
        }
    }

    /// What a federation is made from unless a scenario says otherwise.
    pub fn usual_plan(&self) -> StagePlan {
        StagePlan {
            edition: self.edition(),
            hub_edition: None,
            hub_conduct: "as-built".to_owned(),
            seed: seed_of(self.run().seed, &self.case().id),
            tls: false,
            hub_faults: Vec::new(),
            usual_ports: self.case().tag_value("needs").any(|need| need == PACKETS),
        }
    }

    /// The federation, which an earlier step must have built.
    pub fn staged(&self) -> Judged<&Stage> {
        self.stage.as_ref().ok_or_else(|| Stop::not_verified("no step has set up a federation"))
    }

    /// The same, to change it.
    pub fn staged_mut(&mut self) -> Judged<&mut Stage> {
        self.stage.as_mut().ok_or_else(|| Stop::not_verified("no step has set up a federation"))
    }

    /// Whether the scenario has a federation.
    pub fn has_stage(&self) -> bool {
        self.stage.is_some()
    }

    /// What the hub captured of this trust in this scenario, oldest first.
    pub async fn hub_seen(&self, route: Option<&str>) -> Judged<Vec<Exchange>> {
        let stage = self.staged()?;
        let filter = JournalFilter {
            after: stage.mark.hub,
            route: route.map(str::to_owned),
            ..JournalFilter::default()
        };
        Ok(stage.hub_control.control.journal(&filter).await?)
    }

    /// What the site services captured in this scenario, oldest first.
    pub async fn site_seen(&self, route: Option<&str>) -> Judged<Vec<Exchange>> {
        let stage = self.staged()?;
        let filter = JournalFilter {
            after: stage.mark.site,
            route: route.map(str::to_owned),
            ..JournalFilter::default()
        };
        Ok(stage.site_control.control.journal(&filter).await?)
    }

    /// Waits until the hub captured something that `probe` is content with.
    ///
    /// The probe sees everything captured in this scenario so far; each round reads only what is new.
    pub async fn until_hub_saw<T>(
        &self,
        deadline: Duration,
        what: &str,
        route: Option<&str>,
        probe: impl Fn(&[Exchange]) -> Probe<T>,
    ) -> Judged<Result<T, Overdue>> {
        let stage = self.staged()?;
        let seen = tokio::sync::Mutex::new(Vec::<Exchange>::new());
        let failure = parking_lot::Mutex::new(None);
        let waited = eventually(deadline, what, || async {
            let mut seen = seen.lock().await;
            let filter = JournalFilter {
                after: seen.last().map_or(stage.mark.hub, |exchange| exchange.seq),
                route: route.map(str::to_owned),
                ..JournalFilter::default()
            };
            match stage.hub_control.control.journal(&filter).await {
                Ok(more) => {
                    seen.extend(more);
                    failure.lock().take();
                    probe(&seen)
                }
                Err(error) => {
                    let stop = Stop::from(error);
                    let told = stop.to_string();
                    *failure.lock() = Some(stop);
                    Probe::Pending(told)
                }
            }
        })
        .await;
        match (waited, failure.into_inner()) {
            (Err(_), Some(stop)) => Err(stop),
            (waited, _) => Ok(waited),
        }
    }
}

/// Keys of a scenario's own, the same in every run with one seed: a caller left over from elsewhere is
/// never taken for this scenario's trust.
fn seed_of(run: u64, scenario: &str) -> u64 {
    let digest = contract::key::sha256_hex(scenario.as_bytes());
    run ^ u64::from_str_radix(&digest[..16], 16).unwrap_or_default()
}

/// Where packets are looked at, ports are those a firewall is told of.
const PACKETS: &str = "packets";

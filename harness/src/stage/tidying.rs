//! Putting back what a scenario changed around a trust that cannot be started again.

use std::net::SocketAddr;
use std::time::Duration;

use contract::capture::Exchange;
use serde_json::{Value, json};

use super::Stage;
use crate::control::{HubControl, JournalFilter, SiteControl};
use crate::finding::{Judged, Stop};
use crate::target::HubHandle;
use crate::wait::{Probe, eventually};

/// How everything around the trust stood when it was built.
#[derive(Debug)]
pub(super) struct Beginning {
    fl_addr: Option<SocketAddr>,
    hub_settings: Value,
    site_settings: Value,
}

impl Beginning {
    pub(super) async fn of(
        hub: &HubHandle,
        hub_control: &HubControl,
        site_control: &SiteControl,
    ) -> Judged<Self> {
        let now = hub_control.control.get("/control/settings").await?;
        let mut hub_settings = of_members(&now, &HUB_SETTINGS);
        hub_settings["identity"] = json!({});
        let now = site_control.control.get("/control/status").await?;
        let site_settings = of_members(&now["settings"], &SITE_SETTINGS);
        Ok(Self { fl_addr: hub.fl_addr, hub_settings, site_settings })
    }
}

impl Stage {
    /// Back to a state another scenario can start from, with the same trust still running.
    ///
    /// With `settled_within`, waits until the trust has nothing left of what it was doing.
    pub async fn tidy(&mut self, settled_within: Option<Duration>) -> Judged {
        self.restore().await?;
        let key = self.registration.hub_shared.get("AES_KEY_BASE64");
        self.hub_control.payload_key(key.map(String::as_str)).await?;
        for task in self.hub_control.tasks(&self.registration.id).await? {
            if task.status == "PENDING" {
                let path = format!("/control/tasks/{}/cancel", task.id);
                self.hub_control.control.post(&path, Value::Null).await?;
            }
        }
        if let (Some(within), Some(_)) = (settled_within, &self.trust) {
            self.settle(within).await?;
        }
        self.mark = self.newest().await?;
        Ok(())
    }

    /// Waits until the trust was accepted throughout one whole cycle: between two heartbeats it polled,
    /// and had nothing to report.
    async fn settle(&self, within: Duration) -> Judged {
        let after = self.hub_control.control.newest().await?;
        let settled = eventually(within, "an idle cycle", || async {
            let filter = JournalFilter { after, ..JournalFilter::default() };
            match self.hub_control.control.journal(&filter).await {
                Ok(calls) => {
                    let seen = format!("{} calls", calls.len());
                    Probe::found(is_idle(&calls).then_some(()), seen)
                }
                Err(error) => Probe::Pending(error.to_string()),
            }
        })
        .await;
        settled.map_err(Stop::not_verified)
    }

    /// Hub and site services as they were at first: no faults, listeners open, settings, a clock
    /// that runs.
    pub async fn restore(&mut self) -> Judged {
        let hub = &self.hub_control.control;
        hub.disarm_all().await?;
        for listener in ["hub-api", "fl"] {
            hub.listener(listener, true).await?;
        }
        hub.put("/control/allow-list", json!({"mode": "open", "scalar": false})).await?;
        // What was advanced stays: a clock that went back would make the hub's own jobs wait for it.
        hub.put("/control/clock", json!({"freeze": false, "skew_ms": 0})).await?;
        self.hub_control.settings(self.beginning.hub_settings.clone()).await?;
        self.hub_control.rate_limits(false).await?;
        self.hub.fl_addr = self.beginning.fl_addr;
        let site = &self.site_control.control;
        site.disarm_all().await?;
        for listener in ["data-access-api", "imaging-api", "xnat", "omop"] {
            site.listener(listener, true).await?;
        }
        self.site_control.settings(self.beginning.site_settings.clone()).await?;
        let key = self.registration.site_key.expose();
        let keys = json!({"data_access_key": key, "imaging_key": key});
        Ok(self.site_control.settings(keys).await?)
    }
}

/// Whether heartbeat, poll and heartbeat came one after another, all of them accepted, after the last
/// call of any other kind.
fn is_idle(calls: &[Exchange]) -> bool {
    let is_cycle = |call: &Exchange| ["heartbeat", "pending"].contains(&call.route.as_str());
    let busy = calls.iter().rposition(|call| !is_cycle(call)).map_or(0, |place| place + 1);
    calls[busy..].windows(3).any(|three| {
        let routes = three.iter().map(|call| call.route.as_str());
        let accepted = three.iter().all(|call| (200..300).contains(&call.status));
        routes.eq(["heartbeat", "pending", "heartbeat"]) && accepted
    })
}

fn of_members(object: &Value, names: &[&str]) -> Value {
    let kept = names.iter().filter(|name| !object[**name].is_null());
    kept.map(|name| ((*name).to_owned(), object[*name].clone())).collect()
}

const HUB_SETTINGS: [&str; 4] =
    ["hub_version", "trust_api_key_header", "production", "behind_edge"];
const SITE_SETTINGS: [&str; 4] =
    ["cohort_threshold", "pacs_answers", "reimport_enabled", "snapshot_required"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::fabricated::exchange;

    fn calls(routes: &[(&str, u16)]) -> Vec<Exchange> {
        routes.iter().map(|(route, status)| exchange(route, *status)).collect()
    }

    #[test]
    fn a_trust_is_idle_after_a_whole_accepted_cycle_without_anything_else() {
        let cycle = [("heartbeat", 200), ("pending", 200), ("heartbeat", 200)];
        assert!(is_idle(&calls(&cycle)));
        assert!(is_idle(&calls(&[&[("result", 200)], &cycle[..], &[("pending", 200)]].concat())));
        assert!(!is_idle(&calls(&[&cycle[..], &[("pending", 200), ("result", 200)]].concat())));
        assert!(!is_idle(&calls(&[("heartbeat", 200), ("pending", 503), ("heartbeat", 200)])));
        assert!(!is_idle(&calls(&cycle[..2])));
    }
}

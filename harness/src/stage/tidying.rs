//! Putting back what a scenario changed around a trust that cannot be started again.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::Stage;
use crate::control::{HubControl, SiteControl};
use crate::finding::Judged;
use crate::target::HubHandle;

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
    pub async fn tidy(&mut self) -> Judged {
        self.restore().await?;
        for task in self.hub_control.tasks(&self.registration.id).await? {
            if task.status == "PENDING" {
                let path = format!("/control/tasks/{}/cancel", task.id);
                self.hub_control.control.post(&path, Value::Null).await?;
            }
        }
        self.mark = self.newest().await?;
        Ok(())
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

fn of_members(object: &Value, names: &[&str]) -> Value {
    let kept = names.iter().filter(|name| !object[**name].is_null());
    kept.map(|name| ((*name).to_owned(), object[*name].clone())).collect()
}

const HUB_SETTINGS: [&str; 4] =
    ["hub_version", "trust_api_key_header", "production", "behind_edge"];
const SITE_SETTINGS: [&str; 4] =
    ["cohort_threshold", "pacs_answers", "reimport_enabled", "snapshot_required"];

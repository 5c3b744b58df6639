//! The control API of the site services' stand-ins.

use serde_json::Value;

use super::{Control, ControlError};

/// Control of a set of site services.
#[derive(Clone, Debug)]
pub struct SiteControl {
    /// The plain client below.
    pub control: Control,
}

impl SiteControl {
    /// Control of the services behind that client.
    pub fn new(control: Control) -> Self {
        Self { control }
    }

    /// Changes settings of the services: `{cohort_threshold?, pacs_answers?, reimport_enabled?,
    /// snapshot_required?, data_access_key?, imaging_key?}`.
    pub async fn settings(&self, settings: Value) -> Result<(), ControlError> {
        self.control.put("/control/settings", settings).await.map(drop)
    }
}

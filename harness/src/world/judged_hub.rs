//! The half of a scenario that judges a hub.

use std::sync::Arc;

use super::World;
use crate::finding::{Judged, Stop};
use crate::hub_stage::HubStage;

impl World {
    /// The hub judged in this run, started on first use.
    pub async fn hub_stage(&mut self) -> Judged<&mut HubStage> {
        if self.hub_stage.is_none() {
            let context = Arc::clone(self.context.as_ref().expect("entered"));
            self.hub_stage = Some(HubStage::build(&context).await?);
        }
        self.hub_stage.as_mut().ok_or_else(|| Stop::not_verified("no hub"))
    }

    /// The hub, which an earlier step must have started.
    pub fn hub(&self) -> Judged<&HubStage> {
        self.hub_stage.as_ref().ok_or_else(|| Stop::not_verified("no step has set up a hub"))
    }

    /// The same, to change it.
    pub fn hub_mut(&mut self) -> Judged<&mut HubStage> {
        self.hub_stage.as_mut().ok_or_else(|| Stop::not_verified("no step has set up a hub"))
    }
}

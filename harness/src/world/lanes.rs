//! Federations that scenarios share, one at a time each: where starting a target is dear, or impossible.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::stage::Stage;

/// The shared federations of a run; empty until somebody builds one.
pub struct Lanes {
    slots: Vec<Arc<Mutex<Option<Stage>>>>,
    free: Arc<Semaphore>,
}

/// One of them, for as long as it is held.
pub struct Lane {
    /// The federation, if one was built.
    pub stage: OwnedMutexGuard<Option<Stage>>,
    _turn: OwnedSemaphorePermit,
}

impl Lanes {
    /// That many, none built yet.
    pub fn new(count: usize) -> Self {
        let slots = (0..count).map(|_| Arc::default()).collect();
        Self { slots, free: Arc::new(Semaphore::new(count)) }
    }

    /// Waits for a turn on any of them; none where nothing is shared.
    pub async fn take(&self) -> Option<Lane> {
        if self.slots.is_empty() {
            return None;
        }
        let turn = Arc::clone(&self.free).acquire_owned().await.ok()?;
        let mut empty = None;
        for slot in &self.slots {
            let Ok(stage) = Arc::clone(slot).try_lock_owned() else { continue };
            // One that stands already costs nothing.
            if stage.is_some() {
                return Some(Lane { stage, _turn: turn });
            }
            empty.get_or_insert(stage);
        }
        empty.map(|stage| Lane { stage, _turn: turn })
    }

    /// Ends them all.
    pub async fn close(&self) {
        for slot in &self.slots {
            let left = slot.lock().await.take();
            if let Some(mut stage) = left {
                stage.close().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_more_turns_are_given_than_there_are_lanes() {
        let lanes = Lanes::new(2);
        let (first, second) = (lanes.take().await, lanes.take().await);
        assert!(first.is_some() && second.is_some());
        let third = tokio::time::timeout(std::time::Duration::from_millis(50), lanes.take()).await;
        assert!(third.is_err());
        drop(first);
        assert!(lanes.take().await.is_some());
        assert!(Lanes::new(0).take().await.is_none());
    }
}

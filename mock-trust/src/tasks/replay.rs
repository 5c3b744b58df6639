//! Which sealed texts were opened before, and for which task.

use std::collections::{HashMap, VecDeque};

use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

/// Remembers the newest texts. The format binds a payload to nothing that says "once", so memory is
/// all there is.
#[derive(Default)]
pub(crate) struct Replays(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    task_of: HashMap<[u8; 32], String>,
    order: VecDeque<[u8; 32]>,
}

impl Replays {
    /// Whether this text is new, or came for the same task before, as after a recovery.
    pub(super) fn is_fresh(&self, sealed: &str, task_id: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(sealed.as_bytes()).into();
        let mut memory = self.0.lock();
        if let Some(known) = memory.task_of.get(&digest) {
            return known == task_id;
        }
        if memory.order.len() == TEXTS_MAX
            && let Some(oldest) = memory.order.pop_front()
        {
            memory.task_of.remove(&oldest);
        }
        memory.order.push_back(digest);
        memory.task_of.insert(digest, task_id.to_owned());
        true
    }
}

const TEXTS_MAX: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_fresh_for_its_first_task_only() {
        let replays = Replays::default();
        assert!(replays.is_fresh("sealed", "1"));
        assert!(replays.is_fresh("sealed", "1"));
        assert!(!replays.is_fresh("sealed", "2"));
        assert!(replays.is_fresh("other", "2"));
    }

    #[test]
    fn memory_is_bounded() {
        let replays = Replays::default();
        for number in 0..=TEXTS_MAX {
            assert!(replays.is_fresh(&number.to_string(), "1"));
        }
        assert_eq!(replays.0.lock().task_of.len(), TEXTS_MAX);
        assert!(replays.is_fresh("0", "2"), "the oldest is forgotten");
    }
}

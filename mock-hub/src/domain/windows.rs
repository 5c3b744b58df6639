//! Fixed windows of a minute, as rate limits count them (hub 10).

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use super::HubTime;

/// One counter: the minute it counts in, and how often, in one word.
#[derive(Debug, Default)]
pub struct Window(AtomicU64);

impl Window {
    /// Counts one call; false when it is over the limit of this minute.
    pub fn admit(&self, now: HubTime, limit: u32) -> bool {
        let minute = minute_bits(now);
        let mut seen = self.0.load(Ordering::Relaxed);
        loop {
            let count = if seen >> COUNT_BITS == minute { seen & COUNT_MASK } else { 0 };
            if count >= u64::from(limit) {
                return false;
            }
            let next = (minute << COUNT_BITS) | (count + 1);
            match self.0.compare_exchange_weak(seen, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(newer) => seen = newer,
            }
        }
    }
}

/// Counters by key, forgotten when the minute ends.
#[derive(Debug)]
pub struct WindowMap<K>(Mutex<(u64, HashMap<K, u32>)>);

impl<K> Default for WindowMap<K> {
    fn default() -> Self {
        Self(Mutex::new((0, HashMap::new())))
    }
}

impl<K: Hash + Eq> WindowMap<K> {
    /// Counts one call under `key`; false when it is over the limit of this minute. Beyond
    /// 65,536 keys in one minute new ones are not counted.
    pub fn admit(&self, key: K, now: HubTime, limit: u32) -> bool {
        let minute = minute_bits(now);
        let mut guard = self.0.lock();
        if guard.0 != minute {
            *guard = (minute, HashMap::new());
        }
        if guard.1.len() >= KEYS_MAX && !guard.1.contains_key(&key) {
            return true;
        }
        let count = guard.1.entry(key).or_default();
        *count += 1;
        *count <= limit
    }
}

fn minute_bits(now: HubTime) -> u64 {
    now.minute().unsigned_abs() & (u64::MAX >> COUNT_BITS)
}

const COUNT_BITS: u32 = 24;
const COUNT_MASK: u64 = (1 << COUNT_BITS) - 1;
const KEYS_MAX: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_after_the_limit_is_refused_until_the_minute_ends() {
        let (window, map) = (Window::default(), WindowMap::default());
        let start = HubTime::from_micros(1_795_241_400_000_000);
        for call in 0..32 {
            assert_eq!(window.admit(start, 30), call < 30, "{call}");
            assert_eq!(map.admit("a", start, 30), call < 30, "{call}");
        }
        assert!(map.admit("b", start, 30));
        assert!(!window.admit(start.plus_secs(59), 30));
        assert!(window.admit(start.plus_secs(60), 30));
        assert!(map.admit("a", start.plus_secs(60), 30));
    }
}

//! A queue bounded by number and by weight, whose members are numbered without gaps.

use std::collections::VecDeque;
use std::sync::Arc;

/// Memory an item takes, bytes.
pub(super) trait Weigh {
    fn weight_bytes(&self) -> usize;
}

/// The newest items, each `Arc`ed so that a reader works outside the lock.
pub(super) struct Ring<T> {
    items: VecDeque<Arc<T>>,
    first_seq: u64,
    bytes: usize,
    entries_max: usize,
    bytes_max: usize,
}

impl<T: Weigh> Ring<T> {
    /// At least one item is always kept.
    pub(super) fn new(entries_max: usize, bytes_max: usize) -> Self {
        let entries_max = entries_max.max(1);
        Self { items: VecDeque::new(), first_seq: 1, bytes: 0, entries_max, bytes_max }
    }

    /// Adds the newest item; returns its number and the last item that had to go, so that the
    /// caller frees it after the lock.
    pub(super) fn push(&mut self, item: Arc<T>) -> (u64, Option<Arc<T>>) {
        self.bytes += item.weight_bytes();
        self.items.push_back(item);
        let mut evicted = None;
        while self.items.len() > 1
            && (self.items.len() > self.entries_max || self.bytes > self.bytes_max)
        {
            evicted = self.items.pop_front();
            self.bytes -= evicted.as_ref().map_or(0, |item| item.weight_bytes());
            self.first_seq += 1;
        }
        (self.last_seq(), evicted)
    }

    /// Number of the newest item; 0 before the first.
    pub(super) fn last_seq(&self) -> u64 {
        self.first_seq + self.items.len() as u64 - 1
    }

    /// How many items were let go.
    pub(super) fn dropped(&self) -> u64 {
        self.first_seq - 1
    }

    /// Items with a number above `seq`, oldest first.
    pub(super) fn after(&self, seq: u64) -> impl Iterator<Item = (u64, &Arc<T>)> {
        let from = (seq + 1).max(self.first_seq);
        let skip = usize::try_from(from - self.first_seq).unwrap_or(usize::MAX);
        (from..).zip(self.items.iter().skip(skip))
    }

    #[cfg(test)]
    fn weight_bytes(&self) -> (usize, usize) {
        (self.bytes, self.items.iter().map(|item| item.weight_bytes()).sum())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    impl Weigh for usize {
        fn weight_bytes(&self) -> usize {
            *self
        }
    }

    proptest! {
        #[test]
        fn bounds_hold_and_numbers_have_no_gap(
            entries_max in 1_usize..20,
            bytes_max in 0_usize..500,
            weights in prop::collection::vec(0_usize..120, 0..100),
            after in 0_u64..120,
        ) {
            let mut ring = Ring::new(entries_max, bytes_max);
            for (n, weight) in weights.iter().enumerate() {
                let (seq, _) = ring.push(Arc::new(*weight));
                prop_assert_eq!(seq, n as u64 + 1);
                let (counted, real) = ring.weight_bytes();
                prop_assert_eq!(counted, real);
                prop_assert!(ring.items.len() <= entries_max);
                prop_assert!(counted <= bytes_max || ring.items.len() == 1);
                prop_assert_eq!(ring.dropped() + ring.items.len() as u64, seq);
            }
            let kept: Vec<(u64, usize)> = ring.after(after).map(|(seq, item)| (seq, **item)).collect();
            let first = after.max(ring.dropped());
            let expected: Vec<(u64, usize)> = weights.iter().enumerate()
                .map(|(n, weight)| (n as u64 + 1, *weight))
                .filter(|(seq, _)| *seq > first)
                .collect();
            prop_assert_eq!(kept, expected);
        }
    }

    #[test]
    fn nothing_is_dropped_before_a_bound_is_reached() {
        let mut ring = Ring::new(3, 30);
        for _ in 0..3 {
            assert!(ring.push(Arc::new(10)).1.is_none());
        }
        assert_eq!(ring.dropped(), 0);
        assert_eq!(ring.push(Arc::new(10)), (4, Some(Arc::new(10))));
        assert_eq!(ring.dropped(), 1);
    }
}

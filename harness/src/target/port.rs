//! Ports for `/health` of started trusts: chosen here, bound by the target a moment later.
//!
//! Between choosing and binding, nobody else may choose the same. They lie below the range from which
//! systems deal ports by themselves; runs on one machine share that range block by block, each behind
//! a file lock, and inside a process a port is dealt once at a time.

use std::collections::BTreeSet;
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};

use parking_lot::Mutex;

use crate::scratch;

/// A port that is this process's to use until dropped.
#[derive(Debug)]
pub(super) struct Port(u16);

impl Port {
    /// A port nobody listens on right now.
    pub(super) fn lease() -> std::io::Result<Self> {
        let mut dealer = DEALER.lock();
        let dealer = dealer.get_or_insert_with(Dealer::open);
        // Round and round: a port that was just given back may still be closing.
        for _ in 0..BLOCK {
            let port = dealer.first + dealer.next;
            dealer.next = (dealer.next + 1) % BLOCK;
            let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
            if !dealer.dealt.contains(&port) && free() {
                dealer.dealt.insert(port);
                return Ok(Self(port));
            }
        }
        Ok(Self(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port()))
    }

    /// Its number.
    pub(super) fn number(&self) -> u16 {
        self.0
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        if let Some(dealer) = DEALER.lock().as_mut() {
            dealer.dealt.remove(&self.0);
        }
    }
}

static DEALER: Mutex<Option<Dealer>> = Mutex::new(None);

#[derive(Debug)]
struct Dealer {
    first: u16,
    next: u16,
    dealt: BTreeSet<u16>,
    _lock: Option<File>,
}

impl Dealer {
    /// A block no other process has; without a place for locks, any block.
    fn open() -> Self {
        let begin = rand::random_range(0..BLOCKS);
        let blocks = || (0..BLOCKS).map(|step| (begin + step) % BLOCKS);
        let locked = blocks().find_map(|block| Some((block, lock(block)?)));
        let (block, lock) = locked.map_or((begin, None), |(block, lock)| (block, Some(lock)));
        Self { first: PORT_MIN + block * BLOCK, next: 0, dealt: BTreeSet::new(), _lock: lock }
    }
}

/// The lock of a block, unless another process holds it. It ends with this process.
fn lock(block: u16) -> Option<File> {
    let file = File::create(scratch::home().ok()?.join(format!("ports-{block}"))).ok()?;
    file.try_lock().ok().map(|()| file)
}

const PORT_MIN: u16 = 20_000;
const BLOCK: u16 = 500;
const BLOCKS: u16 = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_port_is_dealt_twice_at_a_time() {
        let ports: Vec<Port> = (0..60).map(|_| Port::lease().expect("a port")).collect();
        let numbers: BTreeSet<u16> = ports.iter().map(Port::number).collect();
        assert_eq!(numbers.len(), ports.len());
    }
}

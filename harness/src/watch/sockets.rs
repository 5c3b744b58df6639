//! Looking at the TCP sockets of a process and its children, again and again.
//!
//! The kernel keeps no history: a connection that opens and closes between two looks is not seen.
//! Looks are a millisecond or two apart; how many there were is told with what they saw.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::task::JoinHandle;

use super::sock_diag;
use crate::oracle::sockets::{Sightings, Socket, parse_table, socket_inode};

/// Nothing can be said of the sockets of a process.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sockets of process {pid} cannot be seen: {reason}")]
pub struct Unseen {
    /// The process.
    pub pid: u32,
    /// Why not.
    pub reason: String,
}

/// A watch that runs beside a scenario until it is ended or dropped.
pub struct SocketWatch {
    shared: Arc<Shared>,
    looking: JoinHandle<Result<(), Unseen>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    seen: Mutex<Sightings>,
}

impl SocketWatch {
    /// Watches a process and everything it starts. Must be called inside a runtime.
    pub fn over(pid: u32) -> Self {
        let shared = Arc::new(Shared::default());
        let told = Arc::clone(&shared);
        Self { shared, looking: tokio::task::spawn_blocking(move || watch(pid, &told)) }
    }

    /// What was seen so far.
    pub fn so_far(&self) -> Sightings {
        self.shared.seen.lock().clone()
    }

    /// Whether nothing more will be seen.
    pub fn is_over(&self) -> bool {
        self.looking.is_finished()
    }

    /// Ends the watch and says what it saw.
    pub async fn end(mut self) -> Result<Sightings, Unseen> {
        self.shared.stop.store(true, Ordering::Relaxed);
        match (&mut self.looking).await {
            Ok(Ok(())) => Ok(self.so_far()),
            Ok(Err(unseen)) => Err(unseen),
            Err(error) => unseen(0, &error),
        }
    }
}

impl Drop for SocketWatch {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }
}

fn watch(pid: u32, shared: &Shared) -> Result<(), Unseen> {
    let mut family = BTreeSet::from([pid]);
    for look in 0..LOOKS_MAX {
        if shared.stop.load(Ordering::Relaxed) {
            break;
        }
        if look % FAMILY_EVERY == 0 {
            family.extend(children(&family));
        }
        let sockets = self::look(pid, &family)?;
        shared.seen.lock().add(&sockets);
        std::thread::sleep(BETWEEN_LOOKS);
    }
    Ok(())
}

/// The TCP sockets of these processes now. Only the first must be readable: the others may have ended.
fn look(pid: u32, family: &BTreeSet<u32>) -> Result<Vec<Socket>, Unseen> {
    let mut inodes = inodes(pid).or_else(|error| unseen(pid, &error))?;
    let others = family.iter().filter(|member| **member != pid);
    inodes.extend(others.filter_map(|member| self::inodes(*member).ok()).flatten());
    let mut sockets = match sock_diag::tcp_sockets() {
        Ok(sockets) if shares_our_network(pid) => sockets,
        _ => tables(pid).or_else(|error| unseen(pid, &error))?,
    };
    sockets.retain(|socket| inodes.contains(&socket.inode));
    Ok(sockets)
}

/// Whether the process sees the same network as we do: one in a container does not.
fn shares_our_network(pid: u32) -> bool {
    let own = std::fs::read_link("/proc/self/ns/net");
    let its = std::fs::read_link(proc(pid).join("ns/net"));
    matches!((own, its), (Ok(own), Ok(its)) if own == its)
}

/// The sockets of the process's own network, whoever they belong to.
fn tables(pid: u32) -> std::io::Result<Vec<Socket>> {
    let read = |table| std::fs::read_to_string(proc(pid).join("net").join(table));
    let mut sockets = parse_table(&read("tcp")?);
    // A machine without IPv6 has no second table.
    sockets.extend(read("tcp6").map(|text| parse_table(&text)).unwrap_or_default());
    Ok(sockets)
}

fn inodes(pid: u32) -> std::io::Result<BTreeSet<u64>> {
    let entries = std::fs::read_dir(proc(pid).join("fd"))?;
    // A descriptor may be closed between listing and reading.
    let links = entries.flatten().filter_map(|entry| std::fs::read_link(entry.path()).ok());
    Ok(links.filter_map(|link| socket_inode(link.to_str()?)).collect())
}

/// Processes begun by one of these.
fn children(family: &BTreeSet<u32>) -> BTreeSet<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return BTreeSet::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent(*pid).is_some_and(|parent| family.contains(&parent))).collect()
}

/// The fourth word of `stat`; the second is a name in brackets that may hold anything.
fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(proc(pid).join("stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn proc(pid: u32) -> PathBuf {
    Path::new("/proc").join(pid.to_string())
}

fn unseen<T>(pid: u32, reason: &dyn std::fmt::Display) -> Result<T, Unseen> {
    Err(Unseen { pid, reason: reason.to_string() })
}

const BETWEEN_LOOKS: Duration = Duration::from_millis(1);
/// Children are looked for at every so many looks.
const FAMILY_EVERY: u32 = 64;
/// About ten minutes.
const LOOKS_MAX: u32 = 300_000;

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::process::{Command, Stdio};

    use super::*;
    use crate::wait::{Probe, eventually};

    #[tokio::test]
    async fn own_sockets_are_seen_with_their_ports() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let peer = TcpListener::bind("127.0.0.1:0").expect("a port");
        let peer = (peer.local_addr().expect("bound"), peer);
        let _call = std::net::TcpStream::connect(peer.0).expect("connects");
        let sockets = look(std::process::id(), &BTreeSet::new()).expect("own sockets");
        let mut seen = Sightings::default();
        seen.add(&sockets);
        assert!(seen.listening.iter().any(|own| own.port() == port));
        drop(listener);
    }

    #[tokio::test]
    async fn a_process_that_is_gone_cannot_be_seen() {
        let watch = SocketWatch::over(u32::MAX - 1);
        let seen = eventually(Duration::from_secs(10), "an end", || async {
            Probe::found(watch.is_over().then_some(()), "still looking")
        });
        seen.await.expect("ends by itself");
        assert!(watch.end().await.is_err());
    }

    #[test]
    fn a_child_belongs_to_the_family() {
        let mut child = Command::new("sleep").arg("30").stdin(Stdio::null()).spawn().expect("sh");
        assert!(children(&BTreeSet::from([std::process::id()])).contains(&child.id()));
        child.kill().expect("ends");
        child.wait().expect("reaped");
    }
}

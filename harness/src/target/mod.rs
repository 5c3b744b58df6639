//! The thing judged, and what must stand around it: seams the command fills in.
//!
//! A target is started with the environment of a fresh kit, talks to a mock hub and to stand-ins of
//! its neighbours over sockets, and is watched from outside: exchanges, output, exit code.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use contract::edition::{Edition, EditionId};
use contract::key::Secret;
use futures::future::BoxFuture;

use crate::site_check::Check;

mod around;
mod attach;
mod child;
#[cfg(feature = "containers")]
mod compose;
mod deployed;
#[cfg(feature = "containers")]
mod image;
mod log_book;
mod lookout;
mod own_names;
mod port;
mod process;
mod process_hub;
mod spec;

pub use around::{
    ControlAddress, HubHandle, HubOrder, HubSource, SiteHandle, SiteOrder, SiteSource, Surroundings,
};
pub use attach::{AttachedTrust, OnShow, ShowKit};
#[cfg(feature = "containers")]
pub use compose::{ComposeOptions, ComposeTrust};
pub use deployed::DeployedHub;
#[cfg(feature = "containers")]
pub use image::{ImageOptions, ImageTrust, Limits};
pub use log_book::{LINES_MAX, Leak, LogBook, LogLine};
pub use lookout::{Lookout, LookoutOrder, Namespace, ProbeOrder};
pub use own_names::can_have_own_names;
pub use process::ProcessTrust;
pub use process_hub::ProcessHub;
pub use spec::{SpecError, TargetSpec};

/// Something a scenario may need from a target; named in tags as `needs:<word>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// A new instance can be started whenever a scenario wants one.
    Restart,
    /// Its output can be read.
    Logs,
    /// Its exit code can be read.
    ExitCode,
    /// It can be sent SIGTERM.
    Signals,
    /// Its own `/health` can be asked.
    Health,
    /// It runs in a process of its own, whose sockets can be seen.
    Process,
    /// It brings site services of its own.
    SiteServices,
    /// It brings an FL client of its own.
    FlClient,
    /// A hub with our control API behind it.
    Control,
    /// It shares this machine's loopback, and its addresses 127.0.0.0/8.
    Loopback,
    /// It is a container: it can be paused, killed, cut off from its network.
    Container,
    /// An observer can sit in its network namespace and see its packets.
    Packets,
    /// It comes from a compose file, which makes promises of its own.
    Compose,
}

impl Capability {
    /// Every capability.
    pub const ALL: [Self; 13] = [
        Self::Restart,
        Self::Logs,
        Self::ExitCode,
        Self::Signals,
        Self::Health,
        Self::Process,
        Self::SiteServices,
        Self::FlClient,
        Self::Control,
        Self::Loopback,
        Self::Container,
        Self::Packets,
        Self::Compose,
    ];

    /// The word in tags.
    pub fn word(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Logs => "logs",
            Self::ExitCode => "exit-code",
            Self::Signals => "signals",
            Self::Health => "health",
            Self::Process => "process",
            Self::SiteServices => "site-services",
            Self::FlClient => "fl-client",
            Self::Control => "control",
            Self::Loopback => "loopback",
            Self::Container => "container",
            Self::Packets => "packets",
            Self::Compose => "compose",
        }
    }

    /// The capability behind a tag's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.word() == word)
    }
}

/// Our side could not get the target going; says nothing about conformance.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TargetError {
    /// The command, listener or file that starts it is unusable.
    #[error("start {what}: {reason}")]
    CannotStart {
        /// What was to be started.
        what: String,
        /// Why it could not be.
        reason: String,
    },
    /// It ended before it did anything.
    #[error("the target ended with {exit} before its first contact with the hub{}", last_output(.output))]
    Ended {
        /// How it ended.
        exit: Exit,
        /// Its last lines, secrets replaced.
        output: Vec<String>,
    },
    /// It runs, but does not show up.
    #[error("the target did not contact the hub within {} s{}", .waited.as_secs(), last_output(.output))]
    Silent {
        /// How long it had.
        waited: Duration,
        /// Its last lines, secrets replaced.
        output: Vec<String>,
    },
    /// It cannot do what was asked, such as restart.
    #[error("this kind of target cannot {0}")]
    Unable(&'static str),
}

fn last_output(lines: &[String]) -> String {
    if lines.is_empty() {
        "; it printed nothing".to_owned()
    } else {
        format!("; its last output:\n  {}", lines.join("\n  "))
    }
}

/// How a target ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With a code.
    Code(i32),
    /// By a signal.
    Signal(i32),
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(number) => write!(f, "signal {number}"),
        }
    }
}

/// How to start a trust.
#[derive(Clone, Debug)]
pub struct TrustOrder {
    /// Its environment, as the trust's container gets it (trust 1).
    pub env: BTreeMap<String, String>,
    /// The kit file behind it.
    pub kit: String,
    /// Edition it is expected to speak.
    pub edition: EditionId,
    /// Secrets that must never show in its output, by name.
    pub secrets: Vec<(String, Secret)>,
    /// Factor on every wait of a target that can scale its time.
    pub time_scale: f64,
    /// Whether it must run in a process of its own even if it need not.
    pub own_process: bool,
    /// Whether it must bring its own site services.
    pub own_site: bool,
    /// Whether its disk takes no more byte; only of containers.
    pub disk_full: bool,
    /// File of hosts it must look names up in; only of processes.
    pub hosts: Option<PathBuf>,
    /// Namespace it must share, if it is to be observed.
    pub namespace: Option<Namespace>,
}

/// A kind of trust that can be started.
pub trait TrustTarget: Send + Sync {
    /// `embedded`, `process`, …
    fn kind(&self) -> &'static str;
    /// What it can do for a scenario.
    fn can(&self, capability: Capability) -> bool;
    /// Factor between the waits of the contract and the waits of this target.
    fn time_scale(&self) -> f64;
    /// Shortest poll interval to give it, seconds of the contract.
    fn poll_interval_secs(&self) -> u64 {
        if self.time_scale() < 1.0 { 2 } else { 1 }
    }
    /// Address at which hub and stand-ins must listen so that it can reach them.
    fn listen_ip(&self) -> IpAddr {
        LOOPBACK
    }
    /// Instances that scenarios share which need no new one; 0 = each scenario has its own federation.
    fn lanes(&self) -> usize {
        usize::from(!self.can(Capability::Restart))
    }
    /// Why no target of this kind can keep a clause in that edition, if so: for a built-in target
    /// that keeps everything an edition's formats allow.
    fn out_of_reach(&self, requirement: &str, edition: &Edition) -> Option<&'static str> {
        let _ = (requirement, edition);
        None
    }
    /// What the file it comes from promises by itself, judged; none without such a file.
    fn promises(&self) -> Option<&[Check]> {
        None
    }
    /// Sets up a lookout, in whose namespace instances can be started.
    fn look_out(
        &self,
        order: LookoutOrder,
    ) -> BoxFuture<'_, Result<Arc<dyn Lookout>, TargetError>> {
        drop(order);
        Box::pin(async { Err(TargetError::Unable("be observed")) })
    }
    /// Starts an instance.
    fn start(&self, order: TrustOrder)
    -> BoxFuture<'_, Result<Box<dyn RunningTrust>, TargetError>>;
}

/// A trust that was started.
pub trait RunningTrust: Send + Sync {
    /// Where its `/health` answers, if anywhere.
    fn health_url(&self) -> Option<String>;
    /// Site services of its own, if it brings any.
    fn site(&self) -> Option<SiteHandle> {
        None
    }
    /// Its output so far.
    fn log(&self) -> Arc<LogBook>;
    /// Its process, if it has one of its own.
    fn pid(&self) -> Option<u32> {
        None
    }
    /// A grip on its container, if it is one.
    fn grip(&self) -> Option<&dyn Grip> {
        None
    }
    /// How it ended, if it has.
    fn exited(&self) -> Option<Exit>;
    /// Waits for its end.
    fn wait(&self) -> BoxFuture<'_, Exit>;
    /// Asks it to end, as SIGTERM does.
    fn terminate(&self) -> Result<(), TargetError>;
    /// Ends it, forcibly if need be, and everything it started.
    fn stop(&self) -> BoxFuture<'_, ()>;
}

/// What can be done to a container from outside.
pub trait Grip: Send + Sync {
    /// Freezes every process in it.
    fn pause(&self) -> BoxFuture<'_, Result<(), TargetError>>;
    /// Ends a pause.
    fn go_on(&self) -> BoxFuture<'_, Result<(), TargetError>>;
    /// Kills it as `kill -9` does; holds when this returns.
    fn kill(&self) -> BoxFuture<'_, Result<(), TargetError>>;
    /// Starts it again after its end, with the environment and the file system it had.
    fn start_again(&self) -> BoxFuture<'_, Result<(), TargetError>>;
    /// Ends it as `docker restart` does, and starts it again.
    fn restart(&self) -> BoxFuture<'_, Result<(), TargetError>>;
    /// Takes its network away.
    fn cut_off(&self) -> BoxFuture<'_, Result<(), TargetError>>;
    /// Gives its network back.
    fn heal(&self) -> BoxFuture<'_, Result<(), TargetError>>;
}

/// Where everything listens that needs not be reached from elsewhere.
pub const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

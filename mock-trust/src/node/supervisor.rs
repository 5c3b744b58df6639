//! Owns the node's tasks and decides how it ends.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::poller::{End, Poller};
use crate::habits::Habits;
use crate::health::{Collector, Vitals, router};
use crate::log::Log;
use crate::settings::Settings;

/// The two background tasks and the port.
pub(super) struct Supervisor {
    pub(super) poller: Poller,
    /// Absent where heartbeats carry no snapshot.
    pub(super) collector: Option<Arc<Collector>>,
    pub(super) vitals: Arc<Vitals>,
    pub(super) settings: Arc<Settings>,
    pub(super) habits: Habits,
    pub(super) log: Log,
    pub(super) listener: TcpListener,
    pub(super) stop: CancellationToken,
}

/// A task that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Poller(End),
    Collector,
    Port,
    Misbehaviour,
}

impl Supervisor {
    /// Runs the node to its end and says how it ended.
    pub(super) async fn run(self, speak: watch::Sender<Option<Exit>>) {
        let Self { poller, collector, vitals, settings, habits, log, listener, stop } = self;
        let mut tasks = JoinSet::new();
        let poller = tasks.spawn(async move { Ended::Poller(poller.run().await) });
        if let Some(collector) = collector {
            tasks.spawn(async move {
                collector.run().await;
                Ended::Collector
            });
        }
        let app = router(Arc::clone(&vitals), settings.environment);
        tasks.spawn(async move {
            // Accept errors are retried inside; this ends with the node.
            let _ = axum::serve(listener, app).await;
            Ended::Port
        });
        misbehave(&mut tasks, &settings, &habits);

        let exit = loop {
            let ended = tokio::select! {
                biased;
                () = stop.cancelled(), if habits.start.stops_in_mid_task => break Exit::Stopped,
                ended = tasks.join_next_with_id() => ended,
            };
            let (id, ended) = match ended {
                Some(Ok((id, ended))) => (id, ended),
                Some(Err(error)) if error.id() == poller.id() => {
                    (error.id(), Ended::Poller(End::Died))
                }
                Some(Err(error)) => (error.id(), Ended::Collector),
                None => break Exit::Stopped,
            };
            let name = match ended {
                Ended::Poller(End::Stopped) => break Exit::Stopped,
                Ended::Poller(End::WrongIdentity) => break leave(&settings, &habits, &stop).await,
                Ended::Poller(End::Died) => "task_poller",
                Ended::Collector => "health_collector",
                Ended::Port | Ended::Misbehaviour => continue,
            };
            debug_assert!(name != "task_poller" || id == poller.id());
            log.error(format_args!("Background task '{name}' died"));
            vitals.note_death(name);
        };
        tasks.shutdown().await;
        speak.send_replace(Some(exit));
    }
}

/// The real node needs a moment to go.
async fn leave(settings: &Settings, habits: &Habits, stop: &CancellationToken) -> Exit {
    tokio::select! {
        () = stop.cancelled() => {}
        () = sleep(settings.time_scale.secs(LEAVING_SECS)) => {}
    }
    if habits.identity.exits_with_two { Exit::WrongIdentity } else { Exit::Configuration }
}

/// What only mutants do beside the loop.
fn misbehave(tasks: &mut JoinSet<Ended>, settings: &Settings, habits: &Habits) {
    let pause = settings.time_scale.secs(settings.poll_interval_secs.max(1.0));
    if habits.start.contacts_third_host {
        let host = settings.canary.clone().unwrap_or_else(|| CANARY_DEFAULT.into());
        tasks.spawn(async move {
            loop {
                // Only the attempt matters.
                let _ = TcpStream::connect(&host).await;
                sleep(pause).await;
            }
        });
    }
    if habits.start.looks_up_third_name {
        let name = settings.canary_name.clone().unwrap_or_else(|| CANARY_NAME_DEFAULT.into());
        tasks.spawn(async move {
            loop {
                // Only the question matters: a name server that is cut off answers after many seconds.
                let _ = timeout(ANSWER_MAX, lookup_host((name.as_str(), HTTPS_PORT))).await;
                sleep(pause).await;
            }
        });
    }
    if habits.start.opens_second_port {
        tasks.spawn(async move {
            if let Ok(listener) = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await {
                while listener.accept().await.is_ok() {}
            }
            Ended::Misbehaviour
        });
    }
}

const LEAVING_SECS: f64 = 0.6;
/// An address of the documentation range: nobody answers there.
const CANARY_DEFAULT: &str = "192.0.2.1:443";
/// A name nobody can own.
const CANARY_NAME_DEFAULT: &str = "telemetry.example.invalid";
const HTTPS_PORT: u16 = 443;
const ANSWER_MAX: Duration = Duration::from_secs(1);

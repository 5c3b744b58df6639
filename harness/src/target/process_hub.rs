//! `process:CMD` for a hub.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::child::{Output, Started, cannot};
use super::port::Port;
use super::{Capability, ControlAddress, HubHandle, HubOrder, HubSource, LogBook, TargetError};
use crate::cause::cause;
use crate::control::http_client;
use crate::hub_access::HubAccess;
use crate::wait::{Probe, eventually};

/// A hub that is a command. One with `{port}` among its words is any program that serves the API on
/// that port of 127.0.0.1; any other prints the ready line of our mock hub, or one with `api_url` alone.
#[derive(Clone, Debug)]
pub struct ProcessHub {
    /// The command, split into words.
    pub words: Vec<String>,
    /// What we may show to it, where it has no control API of ours.
    pub access: Option<Arc<HubAccess>>,
}

impl HubSource for ProcessHub {
    fn kind(&self) -> &'static str {
        "process"
    }

    fn can(&self, capability: Capability) -> bool {
        matches!(capability, Capability::Restart | Capability::Process | Capability::Control)
    }

    fn access(&self) -> Option<Arc<HubAccess>> {
        self.access.clone()
    }

    fn start(&self, order: HubOrder) -> BoxFuture<'_, Result<HubHandle, TargetError>> {
        async move {
            let mut env = BTreeMap::from([
                ("FLIPCHECK_EDITION".to_owned(), order.edition.to_string()),
                ("FLIPCHECK_SEED".to_owned(), order.seed.to_string()),
            ]);
            if let Some(slots) = order.slots {
                env.insert("FLIPCHECK_HUB_SLOT_NAMES".to_owned(), slots.join(","));
            }
            if let Some(state) = order.state {
                env.insert("FLIPCHECK_HUB_STATE".to_owned(), state.into_string());
            }
            let log = Arc::new(LogBook::new(Vec::new()));
            if self.words.iter().any(|word| word.contains(PORT)) {
                return self.start_on_port(&env, &log).await;
            }
            let started = Started::spawn_with(&self.words, &env, &log, Output::KeepRaw)?;
            let ready = started.ready_line(&log).await?;
            let text = |name: &str| ready.get(name).and_then(|v| v.as_str()).map(str::to_owned);
            let Some(api_url) = text("api_url") else {
                return Err(cannot("the hub", &"its ready line has no api_url"));
            };
            let control = text("control_url")
                .zip(text("control_token"))
                .map(|(url, token)| ControlAddress { url, token });
            let fl_addr = text("fl_addr").and_then(|addr| addr.parse().ok());
            let ca_pem = text("ca_path").and_then(|path| std::fs::read_to_string(path).ok());
            Ok(HubHandle { api_url, fl_addr, control, ca_pem, guard: Box::new(started) })
        }
        .boxed()
    }
}

impl ProcessHub {
    /// Starts a program that knows nothing of us, and waits until its health answers.
    async fn start_on_port(
        &self,
        env: &BTreeMap<String, String>,
        log: &Arc<LogBook>,
    ) -> Result<HubHandle, TargetError> {
        let port = Port::lease().map_err(|error| cannot("a port", &error))?;
        let number = port.number().to_string();
        let words: Vec<String> =
            self.words.iter().map(|word| word.replace(PORT, &number)).collect();
        let started = Started::spawn(&words, env, log)?;
        let api_url = format!("http://127.0.0.1:{number}/api");
        let health = format!("{api_url}/health");
        let answering = eventually(START, "an answer of /api/health", || async {
            if let Some(exit) = *started.exit.borrow() {
                return Probe::Done(Some(exit));
            }
            match http_client().get(&health).timeout(PATIENCE).send().await {
                Ok(_) => Probe::Done(None),
                Err(error) => Probe::Pending(cause(&error)),
            }
        });
        match answering.await {
            Ok(None) => {}
            Ok(Some(exit)) => {
                return Err(TargetError::Ended { exit, output: log.tail(LAST_LINES) });
            }
            Err(overdue) => return Err(cannot("the hub", &overdue)),
        }
        let guard = Box::new((started, port));
        Ok(HubHandle { api_url, fl_addr: None, control: None, ca_pem: None, guard })
    }
}

/// Place of the port in the words of a command.
const PORT: &str = "{port}";
/// How long a program has until its health answers.
const START: Duration = Duration::from_secs(60);
/// How long one look at its health may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Lines shown of one that ended.
const LAST_LINES: usize = 12;

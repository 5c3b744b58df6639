//! `process:CMD` for a hub.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::child::{Output, Started, cannot};
use super::{Capability, ControlAddress, HubHandle, HubOrder, HubSource, LogBook, TargetError};

/// A hub that is a command which prints the ready line of our mock hub, or one with `api_url` alone.
#[derive(Clone, Debug)]
pub struct ProcessHub {
    /// The command, split into words.
    pub words: Vec<String>,
}

impl HubSource for ProcessHub {
    fn kind(&self) -> &'static str {
        "process"
    }

    fn can(&self, capability: Capability) -> bool {
        matches!(capability, Capability::Restart | Capability::Process | Capability::Control)
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

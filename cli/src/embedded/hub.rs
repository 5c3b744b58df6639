//! The mock hub, opposite a trust or judged itself.

use std::net::SocketAddr;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use harness::engine::nearest;
use harness::steps::packets::{FL_NAME, HUB_NAME};
use harness::target::{Capability, ControlAddress, HubHandle, HubOrder, HubSource, TargetError};
use mock_hub::habits::Conduct;
use mock_hub::hub::StartError;
use mock_hub::{Hub, HubOptions};

use crate::failure::Failure;

/// Starts mock hubs in this process.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedHub;

impl EmbeddedHub {
    /// Every name must be a semantic fault.
    pub fn check_faults(names: &[String]) -> Result<(), Failure> {
        for name in names {
            if mock_hub::faults::by_name(name).is_none() {
                let near = nearest(name, mock_hub::faults::ALL.iter().map(|fault| fault.name));
                let failure = Failure::usage(format!("no fault is called {name:?}"));
                return Err(match near {
                    Some(near) => failure.hint(format!("did you mean {near}?")),
                    None => failure.hint("`flipcheck list faults` shows them"),
                });
            }
        }
        Ok(())
    }
}

/// Ports below 1024 are not everybody's, and another hub may have them: any others will do then.
async fn started(options: HubOptions, usual_ports: bool) -> Result<Hub, StartError> {
    if usual_ports {
        let mut usual = options.clone();
        usual.listen.set_port(HTTPS_PORT);
        usual.fl_listen.set_port(FL_PORT);
        match Hub::start(usual).await {
            Err(StartError::Bind { .. }) => {}
            started => return started,
        }
    }
    Hub::start(options).await
}

impl HubSource for EmbeddedHub {
    fn kind(&self) -> &'static str {
        "embedded"
    }

    fn can(&self, capability: Capability) -> bool {
        matches!(capability, Capability::Restart | Capability::Control)
    }

    fn start(&self, order: HubOrder) -> BoxFuture<'_, Result<HubHandle, TargetError>> {
        async move {
            let mut options = HubOptions {
                edition: order.edition,
                seed: Some(order.seed),
                conduct: if order.conduct == "ideal" { Conduct::Ideal } else { Conduct::AsBuilt },
                faults: order.faults,
                tls: order.tls,
                state: order.state,
                listen: SocketAddr::new(order.listen, 0),
                fl_listen: SocketAddr::new(order.listen, 0),
                allow_non_loopback: !order.listen.is_loopback(),
                // An observed trust knows the two by these.
                tls_names: [HUB_NAME, FL_NAME].map(str::to_owned).into(),
                ..HubOptions::default()
            };
            if let Some(slots) = order.slots {
                options.slots = slots;
            }
            let hub = started(options, order.usual_ports).await;
            let hub = hub.map_err(|error| TargetError::CannotStart {
                what: "the mock hub".to_owned(),
                reason: error.in_full(),
            })?;
            let ready = hub.ready();
            let ca_pem = ready.ca_path.as_ref().and_then(|path| fs_err::read_to_string(path).ok());
            Ok(HubHandle {
                api_url: ready.api_url.clone(),
                fl_addr: ready.fl_addr.parse().ok(),
                control: Some(ControlAddress {
                    url: ready.control_url.clone(),
                    token: ready.control_token.clone(),
                }),
                ca_pem,
                guard: Box::new(hub),
            })
        }
        .boxed()
    }
}

/// Ports of a deployment (network 1).
const HTTPS_PORT: u16 = 443;
const FL_PORT: u16 = 8002;

//! `url:URL`: a hub that runs elsewhere, judged by what we may ask it.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::{Capability, HubHandle, HubOrder, HubSource, TargetError};
use crate::hub_access::HubAccess;

/// A deployed hub; nothing of it can be set up or taken down.
#[derive(Clone, Debug)]
pub struct DeployedHub {
    api_url: String,
    access: Option<Arc<HubAccess>>,
}

impl DeployedHub {
    /// The hub whose API is at that base URL, `/api` included or added; without access it is judged by
    /// what anybody may ask.
    pub fn new(url: &str, access: Option<Arc<HubAccess>>) -> Self {
        let url = url.trim_end_matches('/');
        let api_url = if url.ends_with("/api") { url.to_owned() } else { format!("{url}/api") };
        Self { api_url, access }
    }
}

impl HubSource for DeployedHub {
    fn kind(&self) -> &'static str {
        "url"
    }

    fn can(&self, _: Capability) -> bool {
        false
    }

    fn access(&self) -> Option<Arc<HubAccess>> {
        self.access.clone()
    }

    fn start(&self, _: HubOrder) -> BoxFuture<'_, Result<HubHandle, TargetError>> {
        let handle = HubHandle {
            api_url: self.api_url.clone(),
            fl_addr: None,
            control: None,
            ca_pem: None,
            guard: Box::new(()),
        };
        futures::future::ready(Ok(handle)).boxed()
    }
}

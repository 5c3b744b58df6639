//! The mock site services beside a trust.

use std::any::Any;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use harness::target::{ControlAddress, SiteHandle, SiteOrder, SiteSource, TargetError};
use mock_trust::site::{Site, SiteOptions};

/// Starts site services in this process.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedSite;

impl SiteSource for EmbeddedSite {
    fn start(&self, order: SiteOrder) -> BoxFuture<'_, Result<SiteHandle, TargetError>> {
        async move {
            let own_kid = order.own_payload_key.as_ref().map(|(kid, _)| kid.clone());
            let options = SiteOptions {
                seed: order.seed,
                address: order.listen,
                own_kid,
                further_payload_keys: order.own_payload_key.into_iter().collect(),
                ..SiteOptions::new(order.edition, order.site_key, order.payload_key)
            };
            let site = Site::start(options).map_err(|error| TargetError::CannotStart {
                what: "the site services".to_owned(),
                reason: error.to_string(),
            })?;
            let site = Arc::new(site);
            Ok(handle(&site, Arc::clone(&site) as Arc<dyn Any + Send + Sync>))
        }
        .boxed()
    }
}

/// Where a site's services are, for as long as `guard` is kept.
pub(super) fn handle(site: &Site, guard: Arc<dyn Any + Send + Sync>) -> SiteHandle {
    SiteHandle {
        data_access_url: site.data_access_url(),
        imaging_url: site.imaging_url(),
        xnat_url: site.xnat_url(),
        omop_addr: site.omop_addr(),
        control: ControlAddress { url: site.control_url(), token: site.control_token().to_owned() },
        guard,
    }
}

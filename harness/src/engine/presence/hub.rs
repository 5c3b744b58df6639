//! A hub that is not ours: its certificate, whether it is one, whether it is a cache, and its keys.

use super::{HUB_ADMIN, answers, broken, keys, not_verified, stopped};
use crate::event::Problem;
use crate::hub_access::HubAccess;
use crate::hub_stage::{Ask, HubStage};
use crate::public_face::{TlsAddress, look, trusted_roots};
use crate::world::RunContext;

/// The looks in the order in which one spoils the next.
pub(super) async fn make_sure(context: &RunContext) -> Result<(), Problem> {
    let mut stage = HubStage::build(context).await.map_err(|stop| stopped(&stop))?;
    let api_url = stage.hub.api_url.trim_end_matches('/').to_owned();
    certificate(&api_url, stage.hub.ca_pem.as_deref()).await?;
    let first = stage.ask(Ask::get("/health")).await;
    first.map_err(|stop| stopped(&stop))?;
    if stage.control().is_ok() {
        // Started by us, and reached by nobody else.
        return Ok(());
    }
    let access = stage.given_access();
    one_answers(&api_url, context, access.as_deref()).await?;
    let Some(access) = access else { return Ok(()) };
    let unknown = keys::unknown(&api_url, context.edition, &access).await;
    match unknown.map_err(unasked)? {
        Some(told) => Err(not_verified(HUB_ADMIN, told)),
        None => Ok(()),
    }
}

/// `HUB-DEPLOY-05`. One that ends soon is no reason not to go on: a scenario says it.
async fn certificate(api_url: &str, ca_pem: Option<&str>) -> Result<(), Problem> {
    let Some(at) = TlsAddress::of(api_url) else { return Ok(()) };
    match look(&at, trusted_roots(ca_pem)).await {
        Ok(Some(unfit)) if unfit.refused => Err(broken(
            CERTIFICATE,
            HUB_ADMIN,
            format!(
                "{}; install the full chain of a valid certificate; nothing else was judged",
                unfit.what
            ),
        )),
        Ok(_) => Ok(()),
        Err(reason) if reason.contains(PLAIN) => Err(broken(CERTIFICATE, HUB_ADMIN, reason)),
        Err(reason) => Err(unasked(reason)),
    }
}

async fn one_answers(
    api_url: &str,
    context: &RunContext,
    access: Option<&HubAccess>,
) -> Result<(), Problem> {
    let paths = context.edition.paths;
    let rounds = answers::rounds(api_url, paths, access).await.map_err(unasked)?;
    if let Some(told) = rounds.cached_health() {
        return Err(no_caching(&format!("GET /api/health was answered from a cache ({told})")));
    }
    if let Some(told) = rounds.two_hubs() {
        return Err(not_verified(
            HUB_ADMIN,
            format!("two hubs answer at this URL: {told}; nothing else was judged"),
        ));
    }
    match answers::cached(api_url, paths, access).await.map_err(unasked)? {
        Some(cached) if cached.leaks => Err(broken(
            "HUB-AUTH-02",
            HUB_ADMIN,
            format!("{}: no caching below /api/; nothing else was judged", cached.what),
        )),
        Some(cached) => Err(no_caching(&cached.what)),
        None => Ok(()),
    }
}

fn no_caching(what: &str) -> Problem {
    not_verified(HUB_ADMIN, format!("{what}: no caching below /api/; nothing else was judged"))
}

fn unasked(reason: String) -> Problem {
    not_verified(HUB_ADMIN, reason)
}

const CERTIFICATE: &str = "HUB-DEPLOY-05";
/// Words of a look that met plain HTTP where TLS was expected.
const PLAIN: &str = "plain HTTP";

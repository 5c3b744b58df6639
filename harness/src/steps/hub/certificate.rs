//! The certificate in front of a public hub.

use crate::engine::{Args, StepRow};
use crate::finding::{Finding, Judged, Stop};
use crate::hub_stage::{HubPlan, HubStage};
use crate::public_face::{TlsAddress, answers_plainly, look, trusted_roots};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r"the hub speaks TLS" => speaks_tls,
    r"its certificate is trusted, names it and has 14 days or more to run" => holds,
    r"no API answers over plain HTTP" => no_plain_http,
];

/// A hub of ours is started with a certificate; one that was deployed has its own. One on this machine
/// needs none.
async fn speaks_tls(world: &mut World, _: Args) -> Judged {
    let ours = world.hub_stage().await?.control().is_ok();
    if ours {
        let context = world.context();
        let plan = HubPlan { tls: true, ..HubPlan::default() };
        let planned = HubStage::build_with(&context, plan).await?;
        *world.hub_stage().await? = planned;
    }
    let url = world.hub_stage().await?.hub.api_url.clone();
    if TlsAddress::of(&url).is_some() {
        return Ok(());
    }
    let local = ["//127.", "//localhost", "//[::1]"].iter().any(|host| url.contains(host));
    if ours || local {
        return Err(Stop::not_applicable(
            "a hub on this machine shows no certificate over plain HTTP",
        ));
    }
    let expected = "HTTPS alone on the public host";
    Err(Finding::new(CLAUSE, expected, format!("the API answers at {url}")).into())
}

async fn holds(world: &mut World, _: Args) -> Judged {
    let hub = world.hub_stage().await?;
    let Some(at) = TlsAddress::of(&hub.hub.api_url) else { return Ok(()) };
    let roots = trusted_roots(hub.hub.ca_pem.as_deref());
    match look(&at, roots).await.map_err(Stop::not_verified)? {
        None => Ok(()),
        Some(unfit) => {
            let expected = "a trusted certificate for this name with 14 days or more to run";
            Err(Finding::new(CLAUSE, expected, unfit.what).into())
        }
    }
}

/// On the port of TLS, and on the usual port of plain HTTP beside the usual one of TLS.
async fn no_plain_http(world: &mut World, _: Args) -> Judged {
    let hub = world.hub_stage().await?;
    let Some(at) = TlsAddress::of(&hub.hub.api_url) else { return Ok(()) };
    let beside = (at.port == 443).then_some(80);
    for port in [Some(at.port), beside].into_iter().flatten() {
        if answers_plainly(&at.host, port).await {
            let observed = format!("GET http://{}:{port}/api/health -> 200 JSON", at.host);
            return Err(Finding::new(CLAUSE, "no API over plain HTTP", observed).into());
        }
    }
    Ok(())
}

const CLAUSE: &str = "HUB-DEPLOY-05";

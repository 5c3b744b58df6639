//! The doors of the site services, and each key at its own side (trust 12, README: the five keys).

use contract::key::cohort_admin_proof;
use reqwest::Method;
use serde_json::{Value, json};

use crate::cause::cause;
use crate::control::http_client;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::secrets::{Keys, SITE_KEY, TRUST_KEY, misplaced, shown_in};
use crate::payloads::{IMAGING_ID, PLANTED_SQL, sealed_project_id};
use crate::stage::{Stage, is_setup};
use crate::steps;
use crate::target::Capability;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"a registered trust that brings its own site services" => own_site,
    r#"every route of "([\w-]+)" but /health answers 401 (without a|to an empty|to a wrong) site key"# => locked,
    r#"/health of "([\w-]+)" answers without a site key"# => open_health,
    r"a cohort-defining write without the admin proof is answered with 403" => unproven,
    r#"hub and trust use the header "([\w-]+)" for the trust's key"# => header_is,
    r"the trust key was shown to the hub only, and in its own header only" => keys_apart,
    r"the site key was shown to the site services only" => keys_apart,
];

async fn own_site(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::SiteServices)?;
    world.stage().await?.own_site = true;
    Ok(())
}

/// One route of a site service, with a body it may answer.
struct Door {
    method: Method,
    path: String,
    body: Value,
}

impl Door {
    fn new(method: Method, path: &str, body: Value) -> Self {
        Self { method, path: path.to_owned(), body }
    }
}

/// Routes every edition has, by service; the bodies are incomplete so that a door that is open
/// changes little.
fn doors(service: &str) -> Judged<Vec<Door>> {
    let encoded = crate::payloads::base64_url(PLANTED_SQL);
    let status = format!("/retrieval/import_status_count/{IMAGING_ID}?encoded_query={encoded}");
    let reimport =
        format!("/retrieval/reimport_imaging_project_studies/{IMAGING_ID}?encoded_query={encoded}");
    Ok(match service {
        "data-access-api" => vec![
            Door::new(Method::POST, "/cohort", json!({})),
            Door::new(Method::POST, "/cohort/dataframe", json!({})),
            Door::new(Method::POST, "/cohort/accession-ids", json!({})),
        ],
        "imaging-api" => vec![
            Door::new(Method::POST, "/projects/create-project-from-central-hub-project", json!({})),
            Door::new(Method::GET, &format!("/projects/{IMAGING_ID}"), Value::Null),
            Door::new(Method::GET, &status, Value::Null),
            Door::new(Method::PUT, &reimport, Value::Null),
            Door::new(Method::PUT, "/users", json!({})),
            Door::new(Method::POST, "/download/images/net-1", json!({})),
            Door::new(Method::PUT, "/upload/images/net-1", json!({})),
        ],
        other => return Err(Stop::not_verified(format!("no site service {other:?}"))),
    })
}

fn base<'s>(stage: &'s Stage, service: &str) -> &'s str {
    let url = if service == "data-access-api" {
        &stage.site.data_access_url
    } else {
        &stage.site.imaging_url
    };
    url.trim_end_matches('/')
}

/// Knocks with these headers; the status of the answer.
async fn knock(base: &str, door: &Door, headers: &[(&str, &str)]) -> Judged<u16> {
    let mut request = http_client().request(door.method.clone(), format!("{base}{}", door.path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if !door.body.is_null() {
        request = request.json(&door.body);
    }
    let reply =
        request.send().await.map_err(|error| Stop::not_verified(cause(&error.without_url())))?;
    Ok(reply.status().as_u16())
}

fn site_header(stage: &Stage) -> String {
    stage.env.get("TRUST_INTERNAL_SERVICE_KEY_HEADER").cloned().unwrap_or_default()
}

async fn locked(world: &mut World, args: Args) -> Judged {
    let (service, how) = (args.group(0).to_owned(), args.group(1).to_owned());
    let stage = world.staged()?;
    stage.running()?;
    let (header, right) = (site_header(stage), stage.registration.site_key.clone());
    let wrong = contract::key::mint_key(&mut rand::rng());
    let shown: Vec<(&str, &str)> = match how.as_str() {
        "without a" => Vec::new(),
        "to an empty" => vec![(header.as_str(), "")],
        _ => vec![(header.as_str(), wrong.expose())],
    };
    let base = base(stage, &service).to_owned();
    let mut open = Vec::new();
    for door in doors(&service)? {
        let control = knock(&base, &door, &[(header.as_str(), right.expose())]).await?;
        if control == 401 {
            let reason = format!("{} {} refuses the right key as well", door.method, door.path);
            return Err(Stop::not_verified(reason));
        }
        let status = knock(&base, &door, &shown).await?;
        if status != 401 {
            open.push(format!("{} {} {service} -> {status}", door.method, door.path));
        }
    }
    if open.is_empty() {
        return Ok(());
    }
    let expected = format!("401 {how} site key on every route of {service}");
    let observed = format!("{} routes answer something else", open.len());
    Err(world.broken(expected, observed).shown_by(open).into())
}

async fn open_health(world: &mut World, args: Args) -> Judged {
    let service = args.group(0);
    let stage = world.staged()?;
    let door = Door::new(Method::GET, "/health", Value::Null);
    let status = knock(base(stage, service), &door, &[]).await?;
    if status == 200 {
        return Ok(());
    }
    Err(world.broken(format!("200 from /health of {service}"), format!("status {status}")).into())
}

async fn unproven(world: &mut World, _: Args) -> Judged {
    if !world.edition().cohort_admin_proof {
        return Err(Stop::not_applicable("this edition asks for no admin proof"));
    }
    let stage = world.staged()?;
    stage.running()?;
    let (header, key) = (site_header(stage), stage.registration.site_key.clone());
    let proof_header = stage.env.get("COHORT_ADMIN_KEY_HEADER").cloned().unwrap_or_default();
    let payload_key = stage.env.get("AES_KEY_BASE64").cloned().unwrap_or_default();
    let proof = cohort_admin_proof(&payload_key);
    let body = json!({"encrypted_project_id": sealed_project_id(stage)?, "query": PLANTED_SQL});
    let own = [(header.as_str(), key.expose())];
    let with_proof = [own[0], (proof_header.as_str(), proof.as_str())];
    let base = base(stage, "data-access-api").to_owned();
    for path in ["/cohort/snapshot", "/cohort/snapshot/delete"] {
        let door = Door::new(Method::POST, path, body.clone());
        let without = knock(&base, &door, &own).await?;
        let with = knock(&base, &door, &with_proof).await?;
        if with == 403 || with == 401 {
            return Err(Stop::not_verified(format!("{path} refuses the right proof: {with}")));
        }
        if without != 403 {
            let observed = format!("status {without} from POST {path}");
            return Err(world.broken("403 without the admin proof", observed).into());
        }
    }
    Ok(())
}

async fn header_is(world: &mut World, args: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let name = args.group(0).to_owned();
    let stage = world.stage().await?;
    stage.hub_control.settings(json!({"trust_api_key_header": name})).await?;
    stage.env.insert("TRUST_API_KEY_HEADER".to_owned(), name);
    Ok(())
}

/// Where both keys were seen, and that they were seen at all.
async fn keys_apart(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let trust_header = stage.env.get("TRUST_API_KEY_HEADER").cloned().unwrap_or_default();
    let keys = Keys::of(&stage.secrets, Some(&trust_header));
    let secret = |kind: &str| stage.secrets.iter().find(|(name, _)| name == kind);
    let hub = world.hub_seen(None).await?;
    let site = world.site_seen(None).await?;
    let site: Vec<_> = site.into_iter().filter(|call| !is_setup(call)).collect();
    let site_header = site_header(stage);
    let shown = [
        ("the trust key to the hub", secret(TRUST_KEY), &hub, trust_header.as_str()),
        ("the site key to a site service", secret(SITE_KEY), &site, site_header.as_str()),
    ];
    for (what, secret, calls, header) in shown {
        let (_, key) = secret.ok_or_else(|| Stop::not_verified("no key was planted"))?;
        if shown_in(calls, header, key) == 0 {
            return Err(Stop::not_verified(format!("nobody showed {what} in {header}")));
        }
    }
    match misplaced(&keys, &hub, &site).into_iter().next() {
        None => Ok(()),
        Some(finding) => Err(finding.into()),
    }
}

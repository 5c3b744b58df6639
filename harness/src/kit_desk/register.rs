//! Registering a trust at a hub, near or far, and filling its kit (hub 9, kit 2).

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use contract::edition::Edition;
use contract::key::{Secret, mask_text};
use contract::kit::{CREDENTIALS, Kit, Reader, WriteError, holds_placeholder, spec};
use reqwest::StatusCode;
use serde_json::{Value, json};
use thiserror::Error;
use tokio::time::{Instant, timeout_at};

use crate::control::http_client;
use crate::shorten::shorten_to;
use crate::wait::{Probe, eventually};

/// Where and how to register.
#[derive(Clone, Debug)]
pub struct RegisterOrder<'a> {
    /// Base URL of the hub's API, `/api` included.
    pub hub_api_url: &'a str,
    /// A user's token with the right to create trusts.
    pub token: &'a Secret,
    /// Source of the Hub-shared block: the hub's own environment. The answer does not hold it.
    pub shared: Option<&'a Kit>,
    /// Release of the contract.
    pub edition: &'a Edition,
    /// How long the whole may take, from waiting for the hub to the filled kit; 180 s at most.
    pub limit: Duration,
}

/// What came of it; the keys are in the kit and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The hub's id of the trust.
    pub trust_id: String,
    /// The slot dealt to it.
    pub slot: String,
    /// Hub-shared keys that are still to be synced.
    pub unfilled: Vec<String>,
}

/// Why a trust was not registered, or its kit not filled. No text holds a secret.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// The kit does not say who the trust is.
    #[error("{0} not set in the kit")]
    Unnamed(&'static str),
    /// Registering would overwrite the keys of a trust that has some.
    #[error("the kit holds credentials already; to rotate them: delete-trust, then a fresh kit")]
    AlreadyFilled,
    /// Nothing answered in time.
    #[error("the hub at {host} did not answer within {} ms; is this its address?", .waited.as_millis())]
    Unreachable {
        /// Scheme, host and port asked.
        host: String,
        /// How long.
        waited: Duration,
    },
    /// The hub said no.
    #[error("the hub refused with {status}: {detail}")]
    Refused {
        /// Its status.
        status: u16,
        /// Its words.
        detail: String,
    },
    /// The hub said yes, but its answer cannot fill a kit. The trust exists now.
    #[error("registered, but the answer lacks a usable {0}: delete-trust, then register again")]
    Unusable(&'static str),
    /// A value does not go into a kit.
    #[error(transparent)]
    Value(#[from] WriteError),
    /// The kit file cannot be read or replaced.
    #[error("{path}: {source}")]
    File {
        /// The kit.
        path: Utf8PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// Registers the trust of a kit; returns the filled kit, and on any error nothing is changed.
pub async fn register(
    kit: &Kit,
    order: &RegisterOrder<'_>,
) -> Result<(Kit, Registered), RegisterError> {
    let name = named(kit, "TRUST_NAME")?;
    let code = named(kit, "TRUST_CODE")?;
    if filled(kit, "TRUST_API_KEY").is_some() {
        return Err(RegisterError::AlreadyFilled);
    }
    let limit = order.limit.min(LIMIT_MAX);
    let end = Instant::now() + limit;
    let host = host_of(order.hub_api_url);
    let silent = || RegisterError::Unreachable { host: host.clone(), waited: limit };
    wait_for_hub(order.hub_api_url, limit).await.ok_or_else(silent)?;
    let mut body = json!({ "name": name, "code": code });
    if let Some(region) = filled(kit, "TRUST_REGION") {
        body["region"] = Value::from(region);
    }
    let url = format!("{}/admin/trusts", order.hub_api_url);
    // Asked once only: a second try could register a second trust.
    let asked = http_client().post(url).bearer_auth(order.token.expose()).json(&body).send();
    let answer = timeout_at(end, asked).await.map_err(|_| silent())?.map_err(|_| silent())?;
    let status = answer.status();
    let text = timeout_at(end, answer.text()).await.map_err(|_| silent())?.map_err(|_| silent())?;
    let reply: Value = serde_json::from_str(&text).unwrap_or_default();
    if status != StatusCode::CREATED {
        let detail = reply["detail"].as_str().unwrap_or("no words");
        let detail = shorten_to(&mask_text(detail), DETAIL_CHARS_MAX);
        return Err(RegisterError::Refused { status: status.as_u16(), detail });
    }
    fill(kit, &reply, order)
}

/// The same for a file of mode 0600, which is replaced as a whole or not at all.
pub async fn register_file(
    path: &Utf8Path,
    order: &RegisterOrder<'_>,
) -> Result<Registered, RegisterError> {
    let failed = |source| RegisterError::File { path: path.to_owned(), source };
    let kit = Kit::new(fs::read_to_string(path).map_err(failed)?);
    // The place for the keys is made before they are minted: the hub shows them once.
    let new = path.with_file_name(format!("{}.new", path.file_name().unwrap_or("kit")));
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new).map_err(failed)?;
    let guard = Removal(&new);
    file.set_permissions(Permissions::from_mode(0o600)).map_err(failed)?;
    let (kit, registered) = register(&kit, order).await?;
    file.write_all(kit.expose().as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&new, path).map_err(failed)?;
    std::mem::forget(guard);
    Ok(registered)
}

/// Any answer counts: what the hub thinks of us shows in the next one.
async fn wait_for_hub(hub_api_url: &str, limit: Duration) -> Option<()> {
    let url = format!("{hub_api_url}/health");
    let waited = eventually(limit, "an answer of the hub", || async {
        match http_client().get(&url).send().await {
            Ok(_) => Probe::Done(()),
            Err(error) => Probe::Pending(error.without_url().to_string()),
        }
    });
    waited.await.ok()
}

fn fill(
    kit: &Kit,
    reply: &Value,
    order: &RegisterOrder<'_>,
) -> Result<(Kit, Registered), RegisterError> {
    let mut entries: Vec<(&str, String)> = Vec::new();
    for (key, member) in MEMBERS {
        let value = match &reply[*member] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err(RegisterError::Unusable(member)),
        };
        if spec(key).is_none_or(|row| row.form.check(&value).is_err()) {
            return Err(RegisterError::Unusable(member));
        }
        entries.push((key, value));
    }
    let shared = |key: &&'static str| order.shared.and_then(|env| filled(env, key));
    for key in order.edition.hub_shared_keys() {
        if let Some(value) = shared(&key) {
            entries.push((key, value));
        }
    }
    let mut kit = kit.clone();
    kit.write(&entries)?;
    let unfilled = order.edition.hub_shared_keys().filter(|key| filled(&kit, key).is_none());
    let text = |member: &str| match &reply[member] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let registered = Registered {
        trust_id: text("id"),
        slot: text("fl_kit_slot"),
        unfilled: unfilled.map(str::to_owned).collect(),
    };
    Ok((kit, registered))
}

fn named(kit: &Kit, key: &'static str) -> Result<String, RegisterError> {
    filled(kit, key).ok_or(RegisterError::Unnamed(key))
}

fn filled(kit: &Kit, key: &str) -> Option<String> {
    let value = kit.value(Reader::Compose, key)?;
    (!value.trim().is_empty() && !holds_placeholder(&value)).then_some(value)
}

/// Scheme, host and port; never what somebody put before an `@`.
fn host_of(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    parsed.map_or_else(|| "that address".to_owned(), |url| url.origin().ascii_serialization())
}

/// Removes the half-written file unless it took its name.
struct Removal<'p>(&'p Utf8Path);

impl Drop for Removal<'_> {
    fn drop(&mut self) {
        // It holds nothing yet, or keys that nobody will use.
        let _ = fs::remove_file(self.0);
    }
}

/// Keys of the kit and the members of the answer that fill them.
const MEMBERS: &[(&str, &str); CREDENTIALS.len()] = &[
    ("TRUST_API_KEY", "trust_api_key"),
    ("TRUST_INTERNAL_SERVICE_KEY", "trust_internal_service_key"),
    ("FL_KIT_SLOT", "fl_kit_slot"),
    ("FL_KIT_SLOT_NUMBER", "fl_kit_slot_number"),
    ("EXPECTED_TRUST_ID", "id"),
];
/// The clause's own bound (KIT-REGISTER-04).
const LIMIT_MAX: Duration = Duration::from_secs(180);
const DETAIL_CHARS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;
    use contract::kit::{KitEnv, scaffold};
    use wiremock::matchers::{method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    fn kit_file() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
        let path = root.join(".env.KCH.production");
        let kit = scaffold("KCH", "King's Cross Hospital", KitEnv::Production).expect("a kit");
        fs::write(&path, kit.expose()).expect("written");
        (folder, path)
    }

    async fn hub(status: u16, body: Value) -> MockServer {
        let server = MockServer::start().await;
        let health = Mock::given(method("GET")).and(path("/api/health"));
        health.respond_with(ResponseTemplate::new(200)).mount(&server).await;
        let create = Mock::given(method("POST")).and(path("/api/admin/trusts"));
        create.respond_with(ResponseTemplate::new(status).set_body_json(body)).mount(&server).await;
        server
    }

    fn answer() -> Value {
        json!({
            "id": "ddc08a0b-1111-4111-8111-111111111111",
            "trust_api_key": "made_up_trust_api_key_of_kch---------------",
            "trust_internal_service_key": "made_up_site_key_of_kch--------------------",
            "fl_kit_slot": "Trust_7",
            "fl_kit_slot_number": 7,
        })
    }

    async fn run(url: &str, path: &Utf8Path, limit_ms: u64) -> Result<Registered, RegisterError> {
        let token = Secret::from("made up token");
        let order = RegisterOrder {
            hub_api_url: url,
            token: &token,
            shared: None,
            edition: EditionId::DEFAULT.row(),
            limit: Duration::from_millis(limit_ms),
        };
        register_file(path, &order).await
    }

    fn names(folder: &tempfile::TempDir) -> usize {
        fs::read_dir(folder.path()).expect("listed").count()
    }

    #[tokio::test]
    async fn a_kit_is_filled_once_and_stays_private() {
        let server = hub(201, answer()).await;
        let url = format!("{}/api", server.uri());
        let (folder, path) = kit_file();
        let registered = run(&url, &path, 20_000).await.expect("registered");
        assert_eq!((registered.slot.as_str(), registered.unfilled.len()), ("Trust_7", 12));
        let kit = Kit::new(fs::read_to_string(&path).expect("a kit"));
        assert!(CREDENTIALS.iter().all(|key| filled(&kit, key).is_some()));
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!((mode & 0o777, names(&folder)), (0o600, 1));
        let again = run(&url, &path, 20_000).await.expect_err("filled already");
        assert!(matches!(again, RegisterError::AlreadyFilled));
    }

    #[tokio::test]
    async fn a_dead_silent_or_refusing_hub_leaves_the_kit_as_it_was() {
        let refusing = hub(409, json!({"detail": "No FL kit slots available."})).await;
        let broken = hub(500, json!({"detail": "x"})).await;
        let short = hub(201, json!({"id": "x"})).await;
        let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let silent_url = format!("http://{}/api", silent.local_addr().expect("bound"));
        let urls = [&refusing, &broken, &short].map(|hub| format!("{}/api", hub.uri()));
        let dead = ["http://127.0.0.1:1/api".to_owned(), silent_url];
        for (url, limit_ms) in
            urls.iter().map(|url| (url, 20_000)).chain(dead.iter().map(|url| (url, 300)))
        {
            let (folder, path) = kit_file();
            let before = fs::read(&path).expect("a kit");
            let begun = std::time::Instant::now();
            run(url, &path, limit_ms).await.expect_err(url);
            assert!(begun.elapsed() < Duration::from_secs(30), "{url}");
            assert_eq!((fs::read(&path).expect("a kit"), names(&folder)), (before, 1), "{url}");
        }
    }
}

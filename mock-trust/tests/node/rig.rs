//! A scripted hub on a real socket, and a node opposite it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use contract::edition::EditionId;
use contract::envelope::{SealRequest, key_bytes, seal, task_context};
use mock_trust::log::collect::Lines;
use mock_trust::{Conduct, Neighbours, Node, NodeOptions, StartError, mutants};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

pub(crate) const OWN: &str = "ddc08a0b-2804-4903-b6bd-97aa1981d7b0";
pub(crate) const FOREIGN: &str = "c090b27e-0000-4000-8000-000000000002";
pub(crate) const TRUST_KEY: &str = "9SpbqzVRX4YDRpK4eIXCVVrlrUMEnwciJyTS6XliPLc";
pub(crate) const SITE_KEY: &str = "site-key-of-forty-three-characters-000000000";
pub(crate) const PAYLOAD_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
pub(crate) const FINGERPRINT: &str = "4bb06f8e4e3a";

/// One request as the hub saw it.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// How many requests for this path came before.
    pub(crate) nth: usize,
}

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }
}

/// What the script answers; `None` leaves it to the honest hub.
#[derive(Clone)]
pub(crate) enum Answer {
    Json(u16, Value),
    Raw(u16, String),
    With(u16, &'static str, String),
    Hang,
}

type Script = Arc<dyn Fn(&Seen) -> Option<Answer> + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Hub {
    pub(crate) url: String,
    shared: Arc<Shared>,
    _server: Arc<Server>,
}

struct Shared {
    seen: Mutex<Vec<Seen>>,
    queue: Mutex<Vec<Value>>,
    script: Script,
    edition: EditionId,
}

struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Hub {
    pub(crate) async fn honest() -> Self {
        Self::start(EditionId::DEFAULT, |_| None).await
    }

    pub(crate) async fn scripted(
        script: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        Self::start(EditionId::DEFAULT, script).await
    }

    pub(crate) async fn start(
        edition: EditionId,
        script: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            seen: Mutex::default(),
            queue: Mutex::default(),
            script: Arc::new(script),
            edition,
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/api", listener.local_addr().expect("bound"));
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            axum::serve(listener, app).await.expect("serving ends with the test");
        });
        Self { url, shared, _server: Arc::new(Server(server)) }
    }

    /// Queues a task with a properly sealed payload.
    pub(crate) fn queue(&self, id: &str, kind: &str, payload: &Value) {
        self.queue_sealed(id, kind, &sealed(self.shared.edition, kind, payload));
    }

    pub(crate) fn queue_sealed(&self, id: &str, kind: &str, sealed: &str) {
        self.queue_entry(json!({"id": id, "task_type": kind, "payload": sealed,
                                "created_at": "2020-01-01T00:00:00.000000"}));
    }

    pub(crate) fn queue_entry(&self, entry: Value) {
        self.shared.queue.lock().push(entry);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().clone()
    }

    pub(crate) fn of(&self, path: &str) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| seen.path == path).collect()
    }

    /// Waits until so many requests for the path came.
    pub(crate) async fn wait(&self, path: &str, count: usize) -> Vec<Seen> {
        let what = format!("{count} requests for {path}");
        eventually(&what, || self.of(path).len() >= count).await;
        self.of(path)
    }

    /// Waits for the report of a task.
    pub(crate) async fn report(&self, id: &str) -> Value {
        self.wait(&result_path(id), 1).await[0].json()
    }
}

pub(crate) fn result_path(id: &str) -> String {
    format!("/api/tasks/{id}/result")
}

pub(crate) fn sealed(edition: EditionId, kind: &str, payload: &Value) -> String {
    let key = key_bytes(PAYLOAD_KEY).expect("base64");
    let (context, text) = (task_context(kind), payload.to_string());
    let request = SealRequest::new(edition.row().cipher, &key, text.as_bytes()).context(&context);
    seal(request, &mut rand::rng()).expect("a whole key")
}

pub(crate) async fn eventually(what: &str, mut probe: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !probe() {
        assert!(Instant::now() < deadline, "never saw: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    let path = head.uri.path().to_owned();
    let seen = {
        let mut all = shared.seen.lock();
        let nth = all.iter().filter(|seen| seen.path == path).count();
        let method = head.method.to_string();
        let seen = Seen { at: Instant::now(), method, path, headers: head.headers, body, nth };
        all.push(seen.clone());
        seen
    };
    let answer = (shared.script)(&seen).unwrap_or_else(|| shared.honest(&seen));
    let (status, header, body) = match answer {
        Answer::Json(status, body) => (status, None, body.to_string()),
        Answer::Raw(status, body) => (status, None, body),
        Answer::With(status, name, value) => (status, Some((name, value)), String::new()),
        Answer::Hang => std::future::pending().await,
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    if let Some((name, value)) = header {
        response.headers_mut().insert(name, value.parse().expect("a header value"));
    }
    response
}

impl Shared {
    fn honest(&self, seen: &Seen) -> Answer {
        let identity = json!({"trust_id": OWN, "trust_name": "Alpha Hospital"});
        let mut reply = identity;
        if seen.path.ends_with("/heartbeat") {
            reply["hub_version"] = "v0.8.0".into();
            reply["aes_key_fingerprint"] = FINGERPRINT.into();
        } else if seen.path.ends_with("/pending") {
            let tasks: Vec<Value> = self.queue.lock().drain(..).collect();
            if self.edition == EditionId::V2026_03 {
                return Answer::Json(200, tasks.into());
            }
            reply["tasks"] = tasks.into();
        }
        Answer::Json(200, reply)
    }
}

/// A node under test and its log.
pub(crate) struct Rig {
    pub(crate) node: Node,
    pub(crate) lines: Lines,
}

/// How to start a node.
pub(crate) struct Plan {
    edition: EditionId,
    conduct: Conduct,
    mutants: Vec<&'static str>,
    variables: Vec<(String, String)>,
    neighbours: Neighbours,
}

impl Plan {
    /// Against this hub: ideal, scaled, five seconds a cycle, without neighbours.
    pub(crate) fn new(hub: &Hub) -> Self {
        let plan = Self {
            edition: EditionId::DEFAULT,
            conduct: Conduct::Ideal,
            mutants: Vec::new(),
            variables: Vec::new(),
            neighbours: Neighbours::Outside,
        };
        plan.set("CENTRAL_HUB_API_URL", &hub.url)
            .set("TRUST_API_KEY", TRUST_KEY)
            .set("TRUST_API_KEY_HEADER", "Authorization")
            .set("AES_KEY_BASE64", PAYLOAD_KEY)
            .set("TRUST_INTERNAL_SERVICE_KEY", SITE_KEY)
            .set("EXPECTED_TRUST_ID", OWN)
            .set("TRUST_NAME", "Alpha Hospital")
            .set("DATA_ACCESS_API_URL", "http://127.0.0.1:9")
            .set("IMAGING_API_URL", "http://127.0.0.1:9")
            .set("XNAT_URL", "http://127.0.0.1:9")
            .set("OMOP_DB_HOST", "127.0.0.1")
            .set("OMOP_DB_PORT", "9")
            .set("FLIPCHECK_TIME_SCALE", "0.02")
    }

    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn unset(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// Both site APIs at this address.
    pub(crate) fn site(self, url: &str) -> Self {
        self.set("DATA_ACCESS_API_URL", url).set("IMAGING_API_URL", url)
    }

    pub(crate) fn own_site(mut self) -> Self {
        for name in ["DATA_ACCESS_API_URL", "IMAGING_API_URL", "XNAT_URL", "OMOP_DB_HOST"] {
            self = self.unset(name);
        }
        Self { neighbours: Neighbours::WhereUnset, ..self }
    }

    pub(crate) fn edition(self, edition: EditionId) -> Self {
        Self { edition, ..self }
    }

    pub(crate) fn deviating(self) -> Self {
        Self { conduct: Conduct::AsBuilt, ..self }
    }

    pub(crate) fn mutant(mut self, name: &'static str) -> Self {
        self.mutants.push(name);
        self
    }

    pub(crate) async fn try_start(self) -> Result<Rig, StartError> {
        let lines = Lines::default();
        let mut options = NodeOptions {
            neighbours: self.neighbours,
            ..NodeOptions::new(self.edition, self.conduct, lines.sink())
        };
        for name in self.mutants {
            options.habits = options.habits.with(mutants::find(name).expect("listed"));
        }
        let node = Node::from_env(self.variables, self.edition, options).await?;
        Ok(Rig { node, lines })
    }

    pub(crate) async fn start(self) -> Rig {
        self.try_start().await.expect("the node starts")
    }
}

impl Rig {
    pub(crate) async fn wait_for_line(&self, text: &str) {
        eventually(&format!("log line {text:?}"), || self.lines.count(text) > 0).await;
    }

    pub(crate) async fn health(&self) -> Value {
        let (status, body) = fetch(&self.node.health_url()).await;
        assert_eq!(status, 200);
        serde_json::from_str(&body).expect("JSON")
    }
}

/// A bare GET over a socket; nothing is followed.
pub(crate) async fn fetch(url: &str) -> (u16, String) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let rest = url.strip_prefix("http://").expect("http");
    let (host, path) = rest.split_once('/').expect("a path");
    let mut stream = tokio::net::TcpStream::connect(host).await.expect("connected");
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.expect("read");
    let status = reply.split(' ').nth(1).expect("a status").parse().expect("a number");
    let body = reply.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    (status, body)
}

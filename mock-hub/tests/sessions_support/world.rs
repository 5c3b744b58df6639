//! The hub before the first line, and the callers of the session.

use std::collections::BTreeMap;

use contract::edition::EditionId;
use contract::key::Secret;
use mock_hub::HubOptions;
use reqwest::Method;
use serde_json::{Value, json};

use super::line::Call;
use super::reply::Answer;
use crate::support::TestHub;

pub struct World {
    pub hub: TestHub,
    pub model: String,
    pub query: String,
    /// What stands for what: `<A.id>`, `<task.a1>`, …
    ids: BTreeMap<String, String>,
    keys: BTreeMap<&'static str, String>,
}

impl World {
    /// Four trusts; tasks a1 to a6 handed to A, ap pending there, bdone completed and bp handed to B, c1
    /// and c2 pending at C; a model with A, a query put to A.
    pub async fn start(edition: EditionId) -> Self {
        let hub = TestHub::start(HubOptions {
            edition,
            seed: Some(7),
            internal_key: Some(Secret::new(INTERNAL_KEY)),
            ..HubOptions::default()
        })
        .await;
        hub.put("/control/clock", json!({"freeze": true})).await;
        let model = "fbaaf357-5e28-4e76-9a61-76b20452fbab".to_owned();
        let query = "ed103fea-ed83-48e4-8c19-1eb02d52e22d".to_owned();
        let mut ids: BTreeMap<String, String> =
            [("<model>".into(), model.clone()), ("<query>".into(), query.clone())].into();
        let mut keys = BTreeMap::new();
        for (who, name) in TRUSTS {
            let kit = hub.post("/control/trusts", json!({"name": name, "code": who})).await;
            let text = |member: &str| kit[member].as_str().expect("a text").to_owned();
            ids.insert(format!("<{who}.id>"), text("id"));
            keys.insert(who, text("trust_api_key"));
        }
        for (token, meaning) in [("ADMIN", "admin"), ("USER", "user"), ("EXPIRED", "expired")] {
            hub.put("/control/tokens", json!({"token": token, "meaning": meaning})).await;
        }
        let a = &ids["<A.id>"];
        hub.post("/control/models", json!({"id": model, "trust_ids": [a]})).await;
        hub.post("/control/queries", json!({"id": query, "trust_ids": [a]})).await;
        let mut world = Self { hub, model, query, ids, keys };
        world.tasks().await;
        world
    }

    async fn tasks(&mut self) {
        for task in ["a1", "a2", "a3", "a4", "a5", "a6", "bdone", "bp", "c1", "c2"] {
            self.queue(task).await;
        }
        self.poll("A").await;
        self.poll("B").await;
        self.queue("ap").await;
        self.report("B", "bdone").await;
        self.next_minute().await;
    }

    async fn queue(&mut self, task: &str) {
        let (who, number) = (task[..1].to_uppercase(), self.ids.len());
        let id = format!("0b25d0ac-d7ad-4ed7-b5a4-{number:012}");
        let kind = if who == "C" { "create_imaging" } else { "update_user_profile" };
        let trust = &self.ids[&format!("<{who}.id>")];
        let order = json!({"trust_id": trust, "task_type": kind, "id": id, "payload": {}});
        self.hub.post("/control/tasks", order).await;
        self.ids.insert(format!("<task.{task}>"), id);
    }

    /// A new window of the rate limits.
    pub async fn next_minute(&self) {
        self.hub.put("/control/clock", json!({"advance_ms": 60_000})).await;
    }

    /// A call of the session, after what lines that were not kept did before it.
    pub async fn ask(&self, id: &str, call: &Call) -> Answer {
        match id {
            "o03-poll-C-again" => self.poll("C").await,
            "o03-res-again" => self.report("A", "a1").await,
            _ => {}
        }
        let mut call_headers = Vec::new();
        call_headers.extend(call.content_type.as_ref().map(|kind| ("Content-Type", kind.clone())));
        call_headers.extend(call.who.as_deref().map(|who| self.proof(who)));
        let body = call.body.as_ref().map(|body| self.body(body));
        let method = Method::from_bytes(call.method.as_bytes()).expect("a method");
        self.send(method, &self.filled(&call.path), call_headers, body).await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: Vec<(&'static str, String)>,
        body: Option<String>,
    ) -> Answer {
        let mut request = self.hub.http.request(method, self.hub.url(path));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// The header a caller shows.
    pub fn proof(&self, who: &str) -> (&'static str, String) {
        let (trust, internal) = ("Authorization", "X-Internal-Service-Key");
        match who {
            "BAD" => (trust, "never-issued-never-issued-never-issued-0000".into()),
            "EMPTY" => (trust, String::new()),
            "BEARER" => (trust, format!("Bearer {}", self.keys["A"])),
            "ISK" => (internal, INTERNAL_KEY.into()),
            "ISKBAD" => (internal, "never-issued-never-issued-never-issued-0000".into()),
            "XAPI" => ("X-API-Key", INTERNAL_KEY.into()),
            "ADMIN" | "USER" | "EXPIRED" | "GARBAGE" => (trust, format!("Bearer {who}")),
            trust_name => (trust, self.keys[trust_name].clone()),
        }
    }

    /// Ids in place of what stands for them.
    pub fn filled(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }

    fn body(&self, body: &Value) -> String {
        if let Some(raw) = body.get("raw").and_then(Value::as_str) {
            return raw.to_owned();
        }
        let mut body = body.clone();
        if body["result"] == "10000001 times x" {
            body["result"] = "x".repeat(10_000_001).into();
        }
        self.filled(&body.to_string())
    }

    async fn poll(&self, who: &str) {
        let path = format!("/api/tasks/{}/pending", name(who));
        let answer = self.send(Method::GET, &path, vec![self.proof(who)], None).await;
        assert_eq!(answer.status, 200, "the poll of {who}");
    }

    async fn report(&self, who: &str, task: &str) {
        let id = &self.ids[&format!("<task.{task}>")];
        let path = format!("/api/tasks/{}/{id}/result", name(who));
        let headers = vec![self.proof(who), ("Content-Type", "application/json".into())];
        let body = json!({"success": true, "result": "{}"}).to_string();
        let answer = self.send(Method::POST, &path, headers, Some(body)).await;
        assert_eq!(answer.status, 200, "the report of {task}");
    }
}

fn name(who: &str) -> &'static str {
    TRUSTS.iter().find(|(short, _)| *short == who).expect("a trust of the session").1
}

const TRUSTS: [(&str, &str); 4] =
    [("A", "Trust_1"), ("B", "Trust_2"), ("C", "Trust_3"), ("D", "Delta Hospital")];
const INTERNAL_KEY: &str = "sfY2ktz3bsh-lB3M5NKxid-RMwMsSEEMyBen3p4ph9s";

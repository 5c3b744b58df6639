//! Calls the hub and writes down what it says.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use contract::edition::EditionId;
use contract::key::Secret;
use tower::ServiceExt;
use wiretap::{FaultBook, FaultNames};

use crate::api::{Api, router};
use crate::domain::{Domain, DomainOptions, HubTime, Registered, Settings, UserToken};
use crate::habits::{Habits, Manners};

/// One hub on a clock that stands still, and the transcript of the tour so far.
pub(super) struct Guide {
    pub(super) domain: Arc<Domain>,
    pub(super) habits: Habits,
    pub(super) transcript: Vec<String>,
}

/// What the hub said.
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// A request: method, path, headers, body.
pub(super) type Ask<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

pub(super) const ADMIN: (&str, &str) = ("Authorization", "Bearer admin.made.up");
pub(super) const USER: (&str, &str) = ("Authorization", "Bearer user.made.up");
pub(super) const EXPIRED: (&str, &str) = ("Authorization", "Bearer expired.made.up");
pub(super) const JSON: (&str, &str) = ("Content-Type", "application/json");
pub(super) const INTERNAL: &str = "sfY2ktz3bsh-lB3M5NKxid-RMwMsSEEMyBen3p4ph9s";
pub(super) const SEVENS: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

impl Guide {
    pub(super) fn new(edition: EditionId, habits: Habits) -> Self {
        let settings = Settings {
            hub_version: Some("v0.8.0".into()),
            slot_names: ["Trust_1", "Trust_2", "Trust_3", "Trust_4"].map(String::from).into(),
            trust_api_key_header: "X-Key".into(),
            ..Settings::default()
        };
        let token = |(_, value): (&str, &str)| Secret::from(value.trim_start_matches("Bearer "));
        let options = DomainOptions {
            edition: Some(edition),
            seed: Some(5),
            frozen_at: Some(HubTime::from_micros(1_795_241_400_000_000)),
            settings,
            payload_key: Some(Secret::from(SEVENS)),
            internal_key: Some(Secret::from(INTERNAL)),
            user_tokens: vec![
                (token(ADMIN), UserToken::Admin),
                (token(USER), UserToken::User),
                (token(EXPIRED), UserToken::Expired),
            ],
            ..DomainOptions::default()
        };
        let domain = Domain::open(options, &habits).expect("the schema is its own");
        Self { domain: Arc::new(domain), habits, transcript: Vec::new() }
    }

    /// Asks one thing and notes the answer.
    pub(super) async fn ask(&mut self, ask: Ask<'_>) -> Said {
        let said = self.quietly(ask).await;
        let mut headers: Vec<String> =
            said.headers.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        headers.sort();
        let note = format!("{} -> {} {} {headers:?}", shown(ask), said.status, said.body);
        self.transcript.push(note);
        said
    }

    /// Asks one thing twice at the same time and notes both answers.
    pub(super) async fn ask_twice(&mut self, ask: Ask<'_>) {
        let (one, other) = tokio::join!(self.quietly(ask), self.quietly(ask));
        for said in [one, other] {
            self.transcript.push(format!("{} -> {} {}", shown(ask), said.status, said.body));
        }
    }

    /// Notes a fact.
    pub(super) fn note(&mut self, fact: impl std::fmt::Debug) {
        self.transcript.push(format!("{fact:?}"));
    }

    /// Moves the clock; the recovery job runs on the way.
    pub(super) fn wait_secs(&self, secs: i64) {
        self.domain.advance_ms(secs * 1000, &self.habits);
    }

    /// Asks under other habits for a while.
    pub(super) async fn ask_with(&mut self, change: fn(&mut Habits), ask: Ask<'_>) {
        let habits = self.habits;
        change(&mut self.habits);
        self.ask(ask).await;
        self.habits = habits;
    }

    /// Registers a trust behind the API's back.
    pub(super) fn register(&mut self, name: &str) -> Registered {
        let new = crate::domain::NewTrust {
            name: name.into(),
            code: name.to_uppercase(),
            ..crate::domain::NewTrust::default()
        };
        self.domain.register(new, &self.habits).expect("a slot is free")
    }

    async fn quietly(&self, (method, path, headers, body): Ask<'_>) -> Said {
        let book = FaultBook::new(1, FaultNames::default());
        let manners = Manners::new(self.habits, book);
        let api = Arc::new(Api {
            domain: Arc::clone(&self.domain),
            manners,
            sessions: crate::api::Sessions::default(),
        });
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let reply = router(api).oneshot(request).await.expect("the router never fails");
        let (head, body) = reply.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("the body is whole");
        Said {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

fn shown((method, path, _, body): Ask<'_>) -> String {
    format!("{method} {path} {}", body.get(..80).unwrap_or(body))
}

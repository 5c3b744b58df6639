//! A small mock made of the crate's parts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Router};
use contract::capture::Exchange;
use serde_json::Value;
use wiretap::{
    Auth, Class, ConnectionControl, FaultBook, FaultNames, FaultOrder, Filter, Journal,
    JournalOptions, Listener, ServeOptions, Server, Tls, Verdict, WireFault,
};

pub(crate) struct Stand {
    pub(crate) listener: Listener,
    pub(crate) journal: Journal,
    pub(crate) faults: FaultBook,
    pub(crate) handled: Arc<AtomicUsize>,
}

impl Stand {
    pub(crate) fn start() -> Self {
        Self::with(JournalOptions::starting(Instant::now()), None)
    }

    pub(crate) fn with(options: JournalOptions, tls: Option<Tls>) -> Self {
        let journal = Journal::new(options).unwrap();
        let names = FaultNames {
            semantic: vec!["loses-result"],
            routes: vec!["plain", "echo", "long", "stuck"],
        };
        let faults = FaultBook::new(7, names);
        let handled = Arc::new(AtomicUsize::new(0));
        let serve = ServeOptions {
            tls,
            journal: Some(journal.clone()),
            faults: Some(faults.clone()),
            classify: Some(Arc::new(|head| Class {
                route: Some(head.uri.path().trim_start_matches('/').to_owned().into()),
                trust_id: head.headers.get("x-trust").map(|id| id.to_str().unwrap().into()),
            })),
            request_body_bytes_max: 1024 * 1024,
            ..ServeOptions::named("api")
        };
        let server = Server::bind("127.0.0.1:0".parse().unwrap(), serve).unwrap();
        let listener = server.serve(router(&handled));
        Self { listener, journal, faults, handled }
    }

    pub(crate) fn arm(&self, name: &str, params: Value) -> wiretap::FaultId {
        let Value::Object(params) = params else { panic!("params are an object") };
        self.faults.arm(FaultOrder { params, ..FaultOrder::named(name) }).unwrap()
    }

    pub(crate) fn handled(&self) -> usize {
        self.handled.load(Ordering::SeqCst)
    }

    /// The one exchange recorded so far.
    pub(crate) fn only(&self) -> Exchange {
        let mut page = self.journal.after(0, &Filter::default(), 10);
        assert_eq!(page.exchanges.len(), 1, "{page:?}");
        page.exchanges.remove(0)
    }
}

fn router(handled: &Arc<AtomicUsize>) -> Router {
    let (count, stuck) = (Arc::clone(handled), Arc::clone(handled));
    Router::new()
        .route(
            "/plain",
            get(async move |headers: HeaderMap| {
                count.fetch_add(1, Ordering::SeqCst);
                let verdict = match headers.get("authorization") {
                    Some(_) => Verdict::route("plain").auth(Auth::Ok).trust("t-1"),
                    None => Verdict::route("plain").auth(Auth::Missing),
                };
                (verdict, PLAIN).into_response()
            }),
        )
        .route(
            "/echo",
            post(async |body: Bytes| (Verdict::route("echo").fault("loses-result"), body)),
        )
        .route("/long", get(async || (Verdict::route("long"), "x".repeat(LONG_BYTES))))
        .route(
            "/stuck",
            get(async move |Extension(control): Extension<ConnectionControl>| {
                control.note(Verdict::route("stuck").auth(Auth::Ok).trust("t-9"));
                stuck.fetch_add(1, Ordering::SeqCst);
                std::future::pending::<()>().await;
            }),
        )
        .route("/tears", get(tears))
}

async fn tears(Extension(control): Extension<ConnectionControl>) -> impl IntoResponse {
    control.inject(WireFault::Reset);
    (Verdict::route("tears"), PLAIN)
}

pub(crate) const PLAIN: &str = "plain and simple";
pub(crate) const LONG_BYTES: usize = 6 * 1024 * 1024;

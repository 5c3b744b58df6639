//! From a request to the handler of its route, and from its outcome to a record.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use hyper::body::Body as _;
use wiretap::{Class, ConnectionControl, Verdict};

use super::context::{Call, Step};
use super::docs::UI_PAGE;
use super::json::Json;
use super::reply::{Refusal, Reply, crash, dressed, html, moved, other_method, refusal};
use super::route::{Found, Route};
use super::{
    Api, cohort, docs, health, heartbeat, logs, metrics, poll, projects, registry, report, status,
};
use crate::domain::{KeyHash, Settings};
use crate::faults::routes::UNKNOWN_ROUTE;
use crate::habits::ErrorHabits;

/// Answers every request of the hub API.
pub(super) async fn serve(State(api): State<Arc<Api>>, request: Request) -> Reply {
    let edition = api.domain.edition;
    dressed(routed(api, request).await, edition)
}

async fn routed(api: Arc<Api>, request: Request) -> Reply {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    let settings = api.domain.settings();
    if settings.behind_edge && path != "/api" && !path.starts_with("/api/") {
        return Verdict::route(UNKNOWN_ROUTE).on(html(UI_PAGE));
    }
    let route = match Route::find(&head.method, path, api.domain.edition) {
        Found::Route(route) => route,
        Found::OtherMethod(allowed) => {
            let errors = api.manners.habits_at(UNKNOWN_ROUTE).errors;
            return Verdict::route(UNKNOWN_ROUTE).on(other_method(allowed, &errors).into_reply());
        }
        Found::Slashed(path) => {
            return Verdict::route(UNKNOWN_ROUTE).on(to_path(&head, &path));
        }
        Found::Nothing => {
            let errors = api.manners.habits_at(UNKNOWN_ROUTE).errors;
            let reply = refusal(StatusCode::NOT_FOUND, "Not Found", &errors);
            return Verdict::route(UNKNOWN_ROUTE).on(reply.into_reply());
        }
    };
    let body = match whole(body).await {
        Some(body) if route.reads_body(api.domain.edition) => body,
        _ => Bytes::new(),
    };
    let trust = api.manners.are_disturbed().then(|| {
        trust_key_holder(&api, &head.headers, &settings).or_else(|| sender(&api, &route, &body))
    });
    let moment = api.manners.at(route.name(), trust.flatten().as_deref());
    let refused_by_file = api.domain.attempt(route.statements()).await.is_err();
    let mut call = Call {
        api: &api,
        headers: &head.headers,
        body: &body,
        peer: peer(&head),
        settings,
        habits: moment.habits,
        verdict: Verdict { fault: moment.fault.map(Into::into), ..Verdict::route(route.name()) },
        refused_by_file,
    };
    let session = match route {
        Route::Health | Route::Root | Route::Docs(_) => Ok(None),
        _ => api.sessions.open(call.habits.wear).await.map(Some),
    };
    let Ok(session) = session else {
        let reply = crash(&call.habits.errors).into_reply();
        return call.verdict.on(reply);
    };
    let mut reply = answer(&mut call, &route).await.unwrap_or_else(Refusal::into_reply);
    // What a reply tells is on file before it leaves.
    if !route.statements().is_empty() && api.domain.settled().await.is_err() {
        reply = database_fault(&route, &call.habits.errors).into_reply();
    }
    if let Some(session) = session {
        session.close(reply.status().as_u16(), body.len());
    }
    call.verdict.on(reply)
}

/// For which route and trust a request is, from its head alone.
pub(super) fn class_of(api: &Api, head: &Parts) -> Class {
    let route = match Route::find(&head.method, head.uri.path(), api.domain.edition) {
        Found::Route(route) => route.name(),
        Found::OtherMethod(_) | Found::Slashed(_) | Found::Nothing => UNKNOWN_ROUTE,
    };
    let trust_id = trust_key_holder(api, &head.headers, &api.domain.settings());
    Class { route: Some(route.into()), trust_id }
}

async fn answer(call: &mut Call<'_>, route: &Route) -> Step<Reply> {
    match route {
        Route::Pending { name } => poll::answer(call, name.as_deref()).await,
        Route::Heartbeat { name } => heartbeat::answer(call, name.as_deref()),
        Route::Result { name, task } => report::answer(call, name.as_deref(), task),
        Route::CohortResults => cohort::answer(call),
        Route::Metrics { model } => metrics::answer(call, model),
        Route::Logs { model } => logs::answer(call, model),
        Route::ModelStatus { model, status } => status::answer(call, model, status).await,
        Route::CreateTrust => registry::create(call).await,
        Route::AdminTrusts => registry::admin_list(call),
        Route::TrustList => registry::list(call),
        Route::TrustHealth => registry::online(call),
        Route::TrustModelStatus { trust, model, .. } => registry::model_status(call, trust, model),
        Route::CohortSnapshots { project, again } => projects::snapshots(call, project, *again),
        Route::Decisions { trust } => projects::decisions(call, trust),
        Route::Quiesce => projects::quiesce(call),
        Route::ReadMetrics { model } => metrics::read_back(call, model),
        Route::ReadCounts { query } => cohort::read_back(call, query),
        Route::Health => health::answer(call),
        Route::Root => Ok(health::root()),
        Route::Docs(document) => docs::answer(call, document),
    }
}

/// What a route says when the database does not do as it is told.
fn database_fault(route: &Route, habits: &ErrorHabits) -> Refusal {
    let detail = match route {
        Route::Metrics { .. } => metrics::DATABASE_FAULT,
        Route::Logs { .. } => logs::DATABASE_FAULT,
        Route::ModelStatus { .. } => status::DATABASE_FAULT,
        _ => return crash(habits),
    };
    refusal(StatusCode::INTERNAL_SERVER_ERROR, detail, habits)
}

/// The way to a path that has no slash behind it. The app behind the edge knows itself by plain HTTP.
fn to_path(head: &Parts, path: &str) -> Reply {
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let origin = if host.is_empty() { String::new() } else { format!("http://{host}") };
    let path = escaped(path);
    let query = head.uri.query().map_or_else(String::new, |query| format!("?{query}"));
    moved(&format!("{origin}{path}{query}"))
}

/// A path with percent signs for what a `Location` cannot hold.
fn escaped(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~:/%#?=@[]!$&'()*+,;".contains(&byte) {
            text.push(byte as char);
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

async fn whole(body: Body) -> Option<Bytes> {
    if body.size_hint().exact() == Some(0) {
        return Some(Bytes::new());
    }
    // The listener bounds what arrives.
    to_bytes(body, usize::MAX).await.ok()
}

/// Where the request comes from; one that came by no socket is local.
fn peer(head: &Parts) -> IpAddr {
    let control = head.extensions.get::<ConnectionControl>();
    control.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |control| control.peer().ip())
}

/// Whose key a request carries, whether or not it still opens anything.
fn trust_key_holder(api: &Api, headers: &HeaderMap, settings: &Settings) -> Option<Arc<str>> {
    let key = headers.get(&settings.trust_api_key_header)?;
    let trust = api.domain.holder(KeyHash::of(key.as_bytes()))?;
    Some(Arc::clone(&trust.id_text))
}

/// The trust behind the client that an FL ingest body names.
fn sender(api: &Api, route: &Route, body: &[u8]) -> Option<Arc<str>> {
    let (Route::Metrics { .. } | Route::Logs { .. }) = route else { return None };
    let body = Json::read(body).ok()?;
    let object = body.as_object()?;
    let name = object.get("fl_client_name").or_else(|| object.get("trust"))?.as_text()?;
    let holder = api.domain.slot_holder(name)?;
    Some(holder.to_string().into())
}

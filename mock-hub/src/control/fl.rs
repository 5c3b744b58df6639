//! The FL endpoint: who may connect, and who has.

use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wiretap::control::{ControlError, Input};
use wiretap::{ListenerState, TlsKind};

use super::Context;
use crate::fl::allow_list::{AllowList, Mode, Otherwise};
use crate::fl::server::Joined;

/// One source address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    /// IPv4 or IPv6.
    #[schema(value_type = String)]
    address: IpAddr,
}

/// Rules to put in place of those there are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRules {
    /// Whether the addresses are asked at all.
    mode: Mode,
    /// Listed source addresses.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    addresses: BTreeSet<IpAddr>,
    /// What a source that is not listed sees.
    #[serde(default)]
    otherwise: Otherwise,
    /// Whether one address only is kept; absent: as it is, for that is how the hub was deployed.
    scalar: Option<bool>,
}

/// Whether the FL server is there, and what it shows; at least one member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Presence {
    /// `down`: connections are refused; `up`: the same port again.
    #[schema(value_type = Option<String>)]
    state: Option<ListenerState>,
    /// Certificate the stub shows from now on: `good`, `unknown-issuer`, `expired`, `wrong-name`.
    #[schema(value_type = Option<String>)]
    tls: Option<TlsKind>,
}

/// The endpoint as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Standing {
    name: &'static str,
    addr: String,
    #[schema(value_type = String)]
    state: ListenerState,
    #[schema(value_type = String)]
    tls: TlsKind,
}

/// The rules in front of the FL endpoint.
#[utoipa::path(get, path = "/control/allow-list", responses((status = 200, body = AllowList)))]
pub(super) async fn show(State(context): State<Context>) -> Json<AllowList> {
    Json(context.fl.allow_list())
}

/// Replaces the rules. They hold when the answer is there; connections that stand stay.
#[utoipa::path(put, path = "/control/allow-list", request_body = NewRules, responses(
    (status = 200, body = AllowList), (status = 400, body = super::document::Error)))]
pub(super) async fn replace(
    State(context): State<Context>,
    Input(rules): Input<NewRules>,
) -> Result<Json<AllowList>, ControlError> {
    let NewRules { mode, addresses, otherwise, scalar } = rules;
    let scalar = scalar.unwrap_or_else(|| context.fl.allow_list().scalar);
    let list = AllowList { mode, addresses, otherwise, scalar };
    if list.scalar && list.addresses.len() > 1 {
        return Err(ControlError::bad_request(
            "PUT /control/allow-list: a scalar list holds one address: send one, or leave \
             `scalar` out",
        ));
    }
    put(&context, list).await
}

/// Adds a source as the operator's verb does: a list grows, a scalar is replaced.
#[utoipa::path(post, path = "/control/allow-list/add", request_body = Source,
    responses((status = 200, body = AllowList)))]
pub(super) async fn add(
    State(context): State<Context>,
    Input(source): Input<Source>,
) -> Result<Json<AllowList>, ControlError> {
    let mut list = context.fl.allow_list();
    list.add(source.address);
    put(&context, list).await
}

/// Takes the FL server away, brings it back or changes its certificate, as the route for listeners does with HTTP listeners.
#[utoipa::path(post, path = "/control/listeners/fl", request_body = Presence,
    responses((status = 200, body = Standing)))]
pub(super) async fn presence(
    State(context): State<Context>,
    Input(presence): Input<Presence>,
) -> Result<Json<Standing>, ControlError> {
    let Presence { state, tls } = presence;
    if state.is_none() && tls.is_none() {
        return Err(ControlError::bad_request(
            "nothing to change on listener fl: send `state` (up, down) or `tls` (good, \
             unknown-issuer, expired, wrong-name)",
        ));
    }
    if let Some(kind) = tls {
        context.fl.show_certificate(kind);
    }
    if let Some(state) = state {
        let up = state == ListenerState::Up;
        context.fl.set_up(up).await.map_err(|error| failed(&error))?;
    }
    let state = if context.fl.is_up() { ListenerState::Up } else { ListenerState::Down };
    let addr = context.fl.address().to_string();
    Ok(Json(Standing { name: "fl", addr, state, tls: context.fl.certificate() }))
}

/// FL clients that have joined the server stub.
#[utoipa::path(get, path = "/control/fl-clients", responses((status = 200, body = [Joined])))]
pub(super) async fn clients(State(context): State<Context>) -> Json<Vec<Joined>> {
    Json(context.fl_server.joined())
}

async fn put(context: &Context, list: AllowList) -> Result<Json<AllowList>, ControlError> {
    context.fl.set_allow_list(list).await.map_err(|error| failed(&error))?;
    Ok(Json(context.fl.allow_list()))
}

fn failed(error: &std::io::Error) -> ControlError {
    ControlError::conflict(format!(
        "the FL endpoint could not change: {error}; see that nothing else took its port"
    ))
}

/// As at the start: everybody may connect, and the server is there.
pub(super) async fn reopen(context: &Context) -> Result<(), ControlError> {
    context.fl.set_allow_list(AllowList::open()).await.map_err(|error| failed(&error))?;
    context.fl.show_certificate(TlsKind::Good);
    context.fl.set_up(true).await.map_err(|error| failed(&error))
}

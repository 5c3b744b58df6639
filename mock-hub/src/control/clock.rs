//! The hub's one clock.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use wiretap::control::Input;

use super::Context;
use super::document::Clock;
use crate::domain::ClockState;
use crate::faults::routes::RECOVERY_MOMENT;

/// What to do with the clock, in this order: real, freeze, skew, advance.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockChange {
    /// Undo everything: run with the machine's clock again.
    #[serde(default)]
    real: bool,
    /// Stop it, or let it run on from where it stands.
    freeze: Option<bool>,
    /// Distance to the true time from now on, milliseconds.
    skew_ms: Option<i64>,
    /// Move it, milliseconds. The recovery job runs as often as its schedule says on the way.
    advance_ms: Option<i64>,
}

/// The clock as it stands.
#[utoipa::path(get, path = "/control/clock", responses((status = 200, body = Clock)))]
pub(super) async fn show(State(context): State<Context>) -> Json<ClockState> {
    Json(context.domain.clock.state())
}

/// Changes the clock.
#[utoipa::path(put, path = "/control/clock", request_body = ClockChange,
    responses((status = 200, body = Clock)))]
pub(super) async fn change(
    State(context): State<Context>,
    Input(change): Input<ClockChange>,
) -> Json<ClockState> {
    let domain = &context.domain;
    if change.real {
        domain.clock.reset();
    }
    if let Some(freeze) = change.freeze {
        domain.clock.freeze(freeze);
    }
    if let Some(skew_ms) = change.skew_ms {
        domain.clock.skew_ms(skew_ms);
    }
    domain.advance_ms(change.advance_ms.unwrap_or(0), &context.habits(RECOVERY_MOMENT));
    show(State(context)).await
}

/// Runs the recovery job now, whatever its schedule says.
#[utoipa::path(post, path = "/control/recover", responses((status = 200, body = Clock)))]
pub(super) async fn recover(State(context): State<Context>) -> Json<ClockState> {
    context.domain.recover(&context.habits(RECOVERY_MOMENT));
    show(State(context)).await
}

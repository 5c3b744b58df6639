//! `GET /api/tasks/pending` (hub 4).

use std::time::Duration;

use axum::http::StatusCode;
use contract::edition::PendingReply;

use super::access;
use super::context::{Call, Step};
use super::json_text::quoted;
use super::limits;
use super::reply::{Reply, json, refusal};
use crate::domain::{Delivery, Trust};

pub(super) async fn answer(call: &mut Call<'_>, name: Option<&str>) -> Step<Reply> {
    let trust = access::trust_named(call, name)?;
    limits::poll(call, &trust, name)?;
    let trust = access::acts_as(call, trust, name)?;
    let domain = call.domain();
    if call.habits.heartbeat.polls_do_not_count.broken() {
        domain.stamp(&trust, domain.clock.now(), None);
    }
    call.catch_up();
    if domain.has_nothing_for(&trust, &call.habits) {
        return Ok(handed_out(call, &trust, &[]));
    }
    let outcome = if call.habits.tasks.lock_at_dispatch.kept() {
        domain.poll(&trust, &call.habits)
    } else {
        unlocked_poll(call, &trust).await
    };
    let deliveries = outcome.map_err(|_| {
        let detail = "Internal server error";
        refusal(StatusCode::INTERNAL_SERVER_ERROR, detail, &call.habits.errors)
    })?;
    Ok(handed_out(call, &trust, &deliveries))
}

/// A poll whose rows are not locked: whoever reads before the mark is set gets the same tasks.
async fn unlocked_poll(
    call: &Call<'_>,
    trust: &Trust,
) -> Result<Vec<Delivery>, crate::domain::SealFailed> {
    let domain = call.domain();
    let seen = domain.peek(trust, &call.habits);
    if seen.is_err() {
        return domain.poll(trust, &call.habits);
    }
    tokio::time::sleep(UNLOCKED).await;
    let seen = seen?;
    domain.mark(trust, &seen);
    Ok(seen)
}

fn handed_out(call: &Call<'_>, trust: &Trust, deliveries: &[Delivery]) -> Reply {
    let payload_bytes: usize = deliveries.iter().map(|task| task.payload.len() + 160).sum();
    let mut body = String::with_capacity(payload_bytes + 160);
    let object = call.domain().edition.pending_reply == PendingReply::Object;
    if object {
        let identity = call.identity(trust);
        body.push('{');
        body.push_str(&identity);
        body.push_str(if identity.is_empty() { r#""tasks":"# } else { r#","tasks":"# });
    }
    body.push('[');
    for (index, task) in deliveries.iter().enumerate() {
        body.push_str(if index == 0 { r#"{"id":""# } else { r#",{"id":""# });
        body.push_str(task.id.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
        body.push_str(r#"","task_type":"#);
        body.push_str(&quoted(&task.task_type));
        body.push_str(r#","payload":"#);
        body.push_str(&quoted(&task.payload));
        body.push_str(r#","created_at":""#);
        body.push_str(&task.created_at.naive());
        body.push_str(r#""}"#);
    }
    body.push_str(if object { "]}" } else { "]" });
    json(StatusCode::OK, body)
}

/// How long the built hub leaves its rows unlocked.
const UNLOCKED: Duration = Duration::from_millis(25);

//! Lines for people, made from what was seen.

use contract::capture::Exchange;
use serde_json::Value;

/// An exchange on one line: who asked what, the answer and its text. Captures hold no secret.
pub fn exchange_line(exchange: &Exchange) -> String {
    let body = |text: &str| text.replace('\n', " ");
    let sent = match exchange.request_body.as_str() {
        "" => String::new(),
        text => format!(" {}", body(text)),
    };
    let shown = format!(
        "{} {}{sent} -> {} {}",
        exchange.method,
        exchange.path,
        exchange.status,
        body(&exchange.response_body)
    );
    contract::key::mask_text(&shown).into_owned()
}

/// What a hub says of a trust's liveness.
pub fn status_line(trust: &Value) -> String {
    let online = if trust["online"] == true { "Online" } else { "Offline" };
    let last = trust["last_heartbeat"].as_str().unwrap_or("never");
    format!("hub: {} is {online}, last heartbeat {last}", trust["name"].as_str().unwrap_or("?"))
}

//! The OpenAPI document of the shared routes.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::{OpenApi, ToSchema};

use super::{faults, journal, listeners};

#[derive(OpenApi)]
#[openapi(
    paths(
        journal::exchanges,
        journal::connections,
        faults::arm,
        faults::list,
        faults::clear,
        faults::disarm,
        listeners::change,
    ),
    components(schemas(Error))
)]
struct Shared;

/// The document of the shared routes under the owner's title. The owner adds its own with
/// `document.merge(Mine::openapi())` before [`super::guarded`] serves it.
pub fn openapi(title: &str) -> utoipa::openapi::OpenApi {
    let mut document = Shared::openapi();
    title.clone_into(&mut document.info.title);
    document.info.description = Some("Control API of a mock, guarded by a token.".to_owned());
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(SCHEME, SecurityScheme::Http(bearer));
    let needed = SecurityRequirement::new::<_, [&str; 0], &str>(SCHEME, []);
    document.security = Some(vec![needed]);
    document
}

/// What went wrong.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a shape for the document only; a test compares it with the records")]
pub(super) struct Error {
    /// What, where, what to do.
    error: String,
}

/// Captured exchanges.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a shape for the document only; a test compares it with the records")]
pub(super) struct ExchangePage {
    exchanges: Vec<Exchange>,
    /// Pass this as `after` to read on.
    next: u64,
    /// Exchanges let go since the start.
    dropped: u64,
}

/// Connections.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a shape for the document only; a test compares it with the records")]
pub(super) struct ConnectionPage {
    connections: Vec<Connection>,
    /// Pass this as `after` to read on.
    next: u64,
}

/// One HTTP exchange.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a shape for the document only; a test compares it with the records")]
struct Exchange {
    seq: u64,
    listener: String,
    connection: u64,
    peer: String,
    /// Milliseconds of the mock's monotonic clock.
    at_ms: f64,
    ended_ms: f64,
    method: String,
    path: String,
    query: Option<String>,
    route: String,
    /// Pairs of name and value; secrets are tokens.
    request_headers: Vec<Vec<String>>,
    request_body: String,
    request_body_bytes: u64,
    trust_id: Option<String>,
    /// ok, missing, unknown, forbidden, not-configured or none.
    auth: String,
    /// 0 when no reply was sent.
    status: u16,
    response_headers: Vec<Vec<String>>,
    response_body: String,
    response_body_bytes: u64,
    fault: Option<String>,
}

/// One TCP connection.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a shape for the document only; a test compares it with the records")]
struct Connection {
    seq: u64,
    listener: String,
    peer: String,
    /// Milliseconds of the mock's monotonic clock.
    at_ms: f64,
    /// accepted, dropped, refused or tls-failed.
    outcome: String,
    bytes_in: u64,
    /// Up to 32 bytes.
    first_bytes_hex: String,
    tls_hello: bool,
}

const SCHEME: &str = "control_token";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use contract::capture;
    use serde_json::{Value, json};

    use super::*;

    fn members(value: &Value) -> BTreeSet<&String> {
        value.as_object().unwrap().keys().collect()
    }

    #[test]
    fn the_document_has_the_members_of_the_records() {
        let document = serde_json::to_value(openapi("x")).unwrap();
        let schema = |name: &str| document["components"]["schemas"][name]["properties"].clone();
        let connection = capture::Connection {
            seq: 1,
            listener: String::new(),
            peer: String::new(),
            at_ms: 0.0,
            outcome: capture::ConnectionOutcome::Accepted,
            bytes_in: 0,
            first_bytes_hex: String::new(),
            tls_hello: false,
        };
        assert_eq!(members(&schema("Connection")), members(&json!(connection)));
        let exchange = crate::journal::blank_exchange();
        assert_eq!(members(&schema("Exchange")), members(&json!(exchange)));
        assert!(document["paths"]["/control/faults/{id}"]["delete"].is_object());
    }
}

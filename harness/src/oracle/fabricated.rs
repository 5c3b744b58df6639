//! Exchanges made up for the tests of oracles.

use contract::capture::Exchange;

/// An exchange on that route with that status and nothing else to it.
pub(crate) fn exchange(route: &str, status: u16) -> Exchange {
    Exchange {
        seq: 1,
        listener: "hub-api".to_owned(),
        connection: 1,
        peer: "127.0.0.1:1".to_owned(),
        at_ms: 0.0,
        ended_ms: 1.0,
        method: "GET".to_owned(),
        path: "/".to_owned(),
        query: None,
        route: route.to_owned(),
        request_headers: Vec::new(),
        request_body: String::new(),
        request_body_bytes: 0,
        trust_id: None,
        auth: "ok".to_owned(),
        status,
        response_headers: Vec::new(),
        response_body: String::new(),
        response_body_bytes: 0,
        fault: None,
    }
}

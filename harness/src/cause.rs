//! Why a call failed, down to the last cause.

use std::error::Error;

/// What an error and its sources say, each once, from the outside in.
///
/// An HTTP client says `error sending request` for an unknown name, a closed port and an expired
/// certificate alike; which of them it was stands in its sources only.
pub fn cause(error: &dyn Error) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let words = error.to_string();
        if told.last().is_some_and(|before| before.contains(&words)) {
            next = error.source();
            continue;
        }
        // Some repeat their sources in their own words: only the longest says everything.
        told.retain(|before| !words.contains(before.as_str()));
        told.push(words);
        next = error.source();
    }
    told.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Told(&'static str, #[source] Option<Box<Told>>);

    #[test]
    fn every_source_is_told_once() {
        let refused = Told("connection refused", None);
        let connect = Told("client error (Connect)", Some(Box::new(refused)));
        let sending = Told("error sending request", Some(Box::new(connect)));
        assert_eq!(
            cause(&sending),
            "error sending request: client error (Connect): connection refused"
        );
        let again = Told("it failed: no route", Some(Box::new(Told("no route", None))));
        assert_eq!(cause(&again), "it failed: no route");
    }

    #[tokio::test]
    async fn a_call_that_no_port_takes_says_so() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        drop(listener);
        let failed = crate::control::http_client().get(&url).send().await.expect_err("closed");
        let told = cause(&failed.without_url());
        assert!(told.contains("refused"), "{told}");
    }
}

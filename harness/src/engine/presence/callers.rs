//! Whether the calls that arrive with one kit are those of one caller.

use contract::capture::Exchange;

/// The words for a second caller, if there is one: another address, another program, or heartbeats in
/// two rhythms. `period_ms` is the pause the trust keeps after each cycle.
pub(super) fn second(beats: &[&Exchange], period_ms: f64) -> Option<String> {
    let (first, later) = beats.split_first()?;
    if let Some(other) = later.iter().find(|beat| address(beat) != address(first)) {
        return Some(format!("calls come from {} and {}", address(first), address(other)));
    }
    if let Some(other) = later.iter().find(|beat| agent(beat) != agent(first)) {
        return Some(format!("calls are made by {} and {}", agent(first), agent(other)));
    }
    two_rhythms(beats, period_ms).then(|| "its heartbeats come in two rhythms".to_owned())
}

/// Whether more heartbeats would tell nothing new: the last gaps are as they should be, or there were many.
pub(super) fn settled(beats: &[&Exchange], period_ms: f64) -> bool {
    let gaps: Vec<f64> = gaps(beats);
    let recent = gaps.len().checked_sub(GAPS).map(|from| &gaps[from..]);
    beats.len() >= BEATS_MAX
        || recent.is_some_and(|recent| recent.iter().all(|gap| *gap >= SHORT * period_ms))
}

fn gaps(beats: &[&Exchange]) -> Vec<f64> {
    beats.windows(2).map(|pair| pair[1].at_ms - pair[0].at_ms).collect()
}

/// One caller keeps its pause after every cycle. Of two, every gap is shorter than the pause, and each
/// with the next makes up a whole one; one that hurries has gaps that are all alike.
fn two_rhythms(beats: &[&Exchange], period_ms: f64) -> bool {
    let gaps = gaps(beats);
    let Some(recent) = gaps.len().checked_sub(GAPS).map(|from| &gaps[from..]) else { return false };
    let short = recent.iter().all(|gap| *gap < SHORT * period_ms);
    let whole = recent.windows(2).all(|pair| pair[0] + pair[1] >= 0.95 * period_ms);
    let uneven = recent.windows(2).all(|pair| (pair[0] - pair[1]).abs() > 0.1 * period_ms);
    short && whole && uneven
}

/// The address without its port, which changes with every connection.
fn address(exchange: &Exchange) -> &str {
    exchange.peer.rsplit_once(':').map_or(exchange.peer.as_str(), |(host, _)| host)
}

fn agent(exchange: &Exchange) -> &str {
    exchange.request_header("user-agent").unwrap_or("a program without a name")
}

/// Whether it is a heartbeat.
pub(super) fn is_heartbeat(exchange: &Exchange) -> bool {
    exchange.method == "POST" && exchange.path.ends_with("/heartbeat")
}

/// Part of the pause below which a gap is none of one caller's.
const SHORT: f64 = 0.9;
/// Gaps between heartbeats that are looked at.
const GAPS: usize = 3;
/// Heartbeats after which one that is out of step is no second caller.
const BEATS_MAX: usize = 3 * GAPS;

#[cfg(test)]
mod tests {
    use super::*;

    fn beat(at_ms: f64, peer: &str, agent: &str) -> Exchange {
        let value = serde_json::json!({
            "seq": 1, "listener": "api", "connection": 1, "peer": peer, "at_ms": at_ms,
            "ended_ms": at_ms, "method": "POST", "path": "/api/trust/heartbeat", "query": null,
            "route": "x", "request_headers": [["User-Agent", agent]], "request_body": "",
            "request_body_bytes": 0, "trust_id": null, "auth": "none", "status": 200,
            "response_headers": [], "response_body": "", "response_body_bytes": 0, "fault": null
        });
        serde_json::from_value(value).expect("an exchange")
    }

    fn told(beats: &[(f64, &str, &str)]) -> Option<String> {
        let beats: Vec<Exchange> =
            beats.iter().map(|(at, peer, agent)| beat(*at, peer, agent)).collect();
        second(&beats.iter().collect::<Vec<_>>(), 1000.0)
    }

    fn at(times: &[f64]) -> Option<String> {
        told(&times.iter().map(|at| (*at, "127.0.0.1:5", "httpx")).collect::<Vec<_>>())
    }

    #[test]
    fn one_caller_is_one_whatever_its_port() {
        let one = [(0.0, "127.0.0.1:5", "httpx"), (1010.0, "127.0.0.1:6", "httpx")];
        assert_eq!(told(&one), None);
        assert_eq!(at(&[0.0, 1010.0, 2030.0, 3040.0]), None);
        // One that hurries, and one that was slow once.
        assert_eq!(at(&[0.0, 500.0, 1000.0, 1500.0]), None);
        assert_eq!(at(&[0.0, 1200.0, 2210.0, 9000.0]), None);
    }

    #[test]
    fn two_callers_are_told_by_what_tells_them_apart() {
        let addresses = [(0.0, "10.0.0.1:5", "httpx"), (300.0, "10.0.0.2:5", "httpx")];
        assert_eq!(told(&addresses).as_deref(), Some("calls come from 10.0.0.1 and 10.0.0.2"));
        let agents = [(0.0, "127.0.0.1:5", "httpx"), (300.0, "127.0.0.1:6", "curl")];
        assert_eq!(told(&agents).as_deref(), Some("calls are made by httpx and curl"));
        assert!(at(&[0.0, 300.0, 1010.0, 1310.0]).is_some_and(|told| told.contains("two rhythms")));
    }
}

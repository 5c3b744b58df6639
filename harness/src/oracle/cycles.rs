//! Cycles of a trust's loop, read from what its hub captured: order, pauses, repetitions.
//!
//! All times are the hub's. A hub sees a request after it was sent and hands a reply over before it
//! arrives, so the pause between two exchanges looks never shorter from there than it was.

use contract::capture::Exchange;

use super::deliveries::delivered;

/// Something about the order or the pace of the loop.
#[derive(Clone, Debug, PartialEq)]
pub struct Flaw {
    /// What is wrong.
    pub what: String,
    /// Positions of the exchanges that show it, in the slice that was judged.
    pub shown_by: Vec<usize>,
}

/// Whether idle cycles are one heartbeat, then one poll, again and again.
pub fn out_of_order(seen: &[Exchange]) -> Option<Flaw> {
    let calls = loop_calls(seen);
    let first = calls.iter().position(|&at| is_heartbeat(&seen[at]))?;
    let mut calls = calls[first..].windows(2);
    calls.find_map(|pair| {
        let (earlier, later) = (&seen[pair[0]], &seen[pair[1]]);
        let fits =
            is_heartbeat(earlier) != is_heartbeat(later) || is_bodyless_repeat(earlier, later);
        (!fits).then(|| Flaw {
            what: format!("{} directly after {}", later.route, earlier.route),
            shown_by: pair.to_vec(),
        })
    })
}

/// The shortest pause between the end of a cycle and the heartbeat that begins the next, and the
/// two exchanges around it. What a cycle ends with: its empty poll, or a report. A heartbeat begins a
/// cycle when a poll follows it; others are signs of life while tasks run.
pub fn shortest_pause_ms(seen: &[Exchange]) -> Option<(f64, [usize; 2])> {
    let mut all: Vec<usize> = (0..seen.len()).collect();
    all.sort_by(|a, b| seen[*a].at_ms.total_cmp(&seen[*b].at_ms));
    let ends = all.windows(3).filter(|three| {
        let (end, next, after) = (&seen[three[0]], &seen[three[1]], &seen[three[2]]);
        ends_a_cycle(end) && is_heartbeat(next) && is_poll(after)
    });
    ends.map(|three| (seen[three[1]].at_ms - seen[three[0]].ended_ms, [three[0], three[1]]))
        .min_by(|a, b| a.0.total_cmp(&b.0))
}

/// Every pause between a poll and the next heartbeat, oldest first.
pub fn pauses_ms(seen: &[Exchange]) -> Vec<f64> {
    let calls = loop_calls(seen);
    calls
        .windows(2)
        .filter(|pair| is_poll(&seen[pair[0]]) && is_heartbeat(&seen[pair[1]]))
        .map(|pair| seen[pair[1]].at_ms - seen[pair[0]].ended_ms)
        .collect()
}

/// Repetitions inside a cycle: two heartbeats or two polls closer to each other than `apart_ms`,
/// which must be well below the interval. One bodyless heartbeat after a refused snapshot is none.
pub fn repetitions(seen: &[Exchange], apart_ms: f64) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    for route in ["heartbeat", "pending"] {
        let mut calls: Vec<usize> = (0..seen.len()).filter(|&at| seen[at].route == route).collect();
        calls.sort_by(|a, b| seen[*a].at_ms.total_cmp(&seen[*b].at_ms));
        for (at, pair) in calls.windows(2).enumerate() {
            let (earlier, later) = (&seen[pair[0]], &seen[pair[1]]);
            let repeated_before = at > 0
                && is_bodyless_repeat(&seen[calls[at - 1]], earlier)
                && earlier.at_ms - seen[calls[at - 1]].at_ms < apart_ms;
            let allowed = is_bodyless_repeat(earlier, later) && !repeated_before;
            if later.at_ms - earlier.at_ms < apart_ms && !allowed {
                flaws.push(Flaw {
                    what: format!(
                        "two calls of {route} within {:.0} ms",
                        later.at_ms - earlier.at_ms
                    ),
                    shown_by: pair.to_vec(),
                });
            }
        }
    }
    flaws
}

/// The longest time without a heartbeat from `from_ms` to `to_ms`.
pub fn longest_silence_ms(seen: &[Exchange], from_ms: f64, to_ms: f64) -> f64 {
    let mut marks: Vec<f64> = seen
        .iter()
        .filter(|exchange| is_heartbeat(exchange))
        .map(|exchange| exchange.at_ms)
        .filter(|at| (from_ms..to_ms).contains(at))
        .collect();
    marks.push(from_ms);
    marks.push(to_ms);
    marks.sort_by(f64::total_cmp);
    marks.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max)
}

fn ends_a_cycle(exchange: &Exchange) -> bool {
    match exchange.route.as_str() {
        "result" => true,
        "pending" => delivered(exchange).is_empty(),
        _ => false,
    }
}

fn loop_calls(seen: &[Exchange]) -> Vec<usize> {
    let mut calls: Vec<usize> =
        (0..seen.len()).filter(|&at| is_heartbeat(&seen[at]) || is_poll(&seen[at])).collect();
    calls.sort_by(|a, b| seen[*a].at_ms.total_cmp(&seen[*b].at_ms));
    calls
}

fn is_heartbeat(exchange: &Exchange) -> bool {
    exchange.route == "heartbeat"
}

fn is_poll(exchange: &Exchange) -> bool {
    exchange.route == "pending"
}

/// The one repetition the contract allows: without body, after a snapshot was refused as such.
fn is_bodyless_repeat(earlier: &Exchange, later: &Exchange) -> bool {
    earlier.status == 422
        && is_heartbeat(earlier)
        && is_heartbeat(later)
        && earlier.request_body_bytes > 0
        && later.request_body_bytes == 0
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::exchange;
    use super::*;

    fn at(route: &str, ms: f64) -> Exchange {
        Exchange { at_ms: ms, ended_ms: ms + 1.0, ..exchange(route, 200) }
    }

    #[test]
    fn heartbeat_and_poll_in_turn_are_in_order_and_anything_else_is_not() {
        let orderly = [at("pending", 0.0), at("heartbeat", 40.0), at("pending", 42.0)];
        assert_eq!(out_of_order(&orderly), None);
        let doubled = [at("heartbeat", 0.0), at("pending", 2.0), at("pending", 4.0)];
        let flaw = out_of_order(&doubled).expect("a poll too many");
        assert_eq!(flaw.shown_by, [1, 2]);
    }

    #[test]
    fn a_pause_runs_from_the_last_report_to_the_heartbeat_of_the_next_cycle() {
        let task = Exchange {
            response_body: r#"{"tasks":[{"id":"1"},{"id":"2"}]}"#.to_owned(),
            ..at("pending", 2.0)
        };
        let work = [at("result", 20.0), at("heartbeat", 22.0), at("result", 30.0)];
        let seen = [&[at("heartbeat", 0.0), task][..], &work].concat();
        assert_eq!(shortest_pause_ms(&seen), None);
        let seen = [&seen[..], &[at("heartbeat", 71.0), at("pending", 73.0)]].concat();
        let (pause, around) = shortest_pause_ms(&seen).expect("one pause");
        assert!((pause - 40.0).abs() < 1e-9, "{pause}");
        assert_eq!(around, [4, 5]);
    }

    #[test]
    fn a_swapped_cycle_has_no_pause_before_its_heartbeat() {
        let seen = [at("pending", 0.0), at("heartbeat", 2.0), at("pending", 43.0)];
        let (pause, _) = shortest_pause_ms(&seen).expect("one pause");
        assert!(pause < 5.0, "{pause}");
    }

    #[test]
    fn a_bodyless_repeat_after_422_is_allowed_once() {
        let refused = Exchange { status: 422, request_body_bytes: 5, ..at("heartbeat", 0.0) };
        let seen = [refused.clone(), at("heartbeat", 2.0), at("pending", 4.0)];
        assert_eq!(repetitions(&seen, 20.0), []);
        assert_eq!(out_of_order(&seen), None);
        let seen = [refused, at("heartbeat", 2.0), at("heartbeat", 4.0)];
        assert_eq!(repetitions(&seen, 20.0).len(), 1);
    }

    #[test]
    fn silence_is_measured_from_edge_to_edge() {
        let seen = [at("heartbeat", 30.0), at("pending", 35.0), at("heartbeat", 90.0)];
        assert!((longest_silence_ms(&seen, 0.0, 100.0) - 60.0).abs() < 1e-9);
        assert!((longest_silence_ms(&[], 0.0, 100.0) - 100.0).abs() < 1e-9);
    }
}

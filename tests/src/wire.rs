//! Comparing what two programs put on the wire, header by header and byte by byte.

use contract::capture::Exchange;

/// A header whose value may differ, and why.
#[derive(Debug)]
pub struct Exemption {
    /// Name of the header.
    pub header: &'static str,
    /// What both values must begin with all the same.
    pub same_start: &'static str,
    /// Why the rest may differ.
    pub reason: &'static str,
}

/// Everything that may differ between the published library and its stand-in.
pub const EXEMPTIONS: &[Exemption] = &[Exemption {
    header: "User-Agent",
    same_start: "python-requests/",
    reason: "the number is that of the newest `requests` the index had when the release was installed",
}];

/// Every difference between two recordings, in words; empty when there is none.
pub fn differences(real: &[Exchange], stand_in: &[Exchange]) -> Vec<String> {
    let mut found = Vec::new();
    if real.len() != stand_in.len() {
        let of = |all: &[Exchange]| all.iter().map(line).collect::<Vec<_>>().join("\n  ");
        let (ours, theirs) = (of(stand_in), of(real));
        found.push(format!(
            "{} requests, the stand-in sent {}:\n  {theirs}\nand\n  {ours}",
            real.len(),
            stand_in.len()
        ));
    }
    for (number, (theirs, ours)) in real.iter().zip(stand_in).enumerate() {
        let mut say = |what: &str, theirs: &str, ours: &str| {
            if theirs != ours {
                let place = format!("request {} ({})", number + 1, line(theirs_at(real, number)));
                found.push(format!("{place}: {what}: {theirs:?}, the stand-in {ours:?}"));
            }
        };
        say("request line", &line(theirs), &line(ours));
        let names = |exchange: &Exchange| {
            let names = exchange.request_headers.iter().map(|(name, _)| name.as_str());
            names.collect::<Vec<_>>().join(", ")
        };
        say("headers and their order", &names(theirs), &names(ours));
        for ((name, theirs), (_, ours)) in theirs.request_headers.iter().zip(&ours.request_headers)
        {
            if !is_exempt(name, theirs, ours) {
                say(name, theirs, ours);
            }
        }
        say("body", &theirs.request_body, &ours.request_body);
        let reuse = |all: &[Exchange]| {
            let before = number.checked_sub(1).map(|before| all[before].connection);
            let same = before == Some(all[number].connection);
            if same { "the one before" } else { "a new one" }
        };
        say("connection", reuse(real), reuse(stand_in));
    }
    let more = found.len().saturating_sub(SHOWN_MAX);
    found.truncate(SHOWN_MAX);
    if more > 0 {
        found.push(format!("({more} more differences)"));
    }
    found
}

fn theirs_at(all: &[Exchange], number: usize) -> &Exchange {
    &all[number]
}

fn is_exempt(name: &str, theirs: &str, ours: &str) -> bool {
    let exemption = EXEMPTIONS.iter().find(|one| one.header.eq_ignore_ascii_case(name));
    exemption.is_some_and(|one| [theirs, ours].iter().all(|text| text.starts_with(one.same_start)))
}

fn line(exchange: &Exchange) -> String {
    let query = exchange.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{} {}{query}", exchange.method, exchange.path)
}

/// More differences than these are only counted.
const SHOWN_MAX: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw_hub::exchange;

    fn post() -> Exchange {
        let head = "POST /api/model/m/metrics HTTP/1.1\r\nHost: h\r\nUser-Agent: python-requests/2.34.2\r\n\
                    X-Internal-Service-Key: k\r\nContent-Length: 2";
        exchange(head, b"{}", 1).expect("a request")
    }

    fn planted(change: impl Fn(&mut Exchange)) -> Vec<String> {
        let mut other = post();
        change(&mut other);
        differences(&[post()], &[other])
    }

    #[test]
    fn the_same_bytes_are_no_difference_and_the_exempt_number_neither() {
        assert_eq!(planted(|_| {}), [""; 0]);
        let newer = |e: &mut Exchange| e.request_headers[1].1 = "python-requests/2.32.5".to_owned();
        assert_eq!(planted(newer), [""; 0]);
    }

    #[test]
    fn every_planted_difference_is_found_and_named() {
        type Plant = fn(&mut Exchange);
        let plants: [(&str, Plant); 9] = [
            ("User-Agent", |e| e.request_headers[1].1 = "curl/8".to_owned()),
            ("request line", |e| e.path = "/api//model/m/metrics".to_owned()),
            ("request line", |e| e.method = "PUT".to_owned()),
            ("headers and their order", |e| e.request_headers.swap(0, 2)),
            ("headers and their order", |e| {
                e.request_headers[2].0 = "x-internal-service-key".into();
            }),
            ("headers and their order", |e| drop(e.request_headers.pop())),
            ("X-Internal-Service-Key", |e| e.request_headers[2].1 = String::new()),
            ("body", |e| e.request_body = "{ }".to_owned()),
            ("Content-Length", |e| e.request_headers[3].1 = "3".to_owned()),
        ];
        for (word, plant) in plants {
            let found = planted(plant);
            assert!(found.iter().any(|one| one.contains(word)), "{word}: {found:?}");
        }
        let missing = differences(&[post()], &[]);
        assert!(missing[0].contains("1 requests, the stand-in sent 0"), "{missing:?}");
    }

    #[test]
    fn a_connection_that_is_kept_is_a_difference() {
        let on = |connection| Exchange { connection, ..post() };
        let found = differences(&[on(1), on(1)], &[on(1), on(2)]);
        assert!(found.len() == 1 && found[0].contains("connection"), "{found:?}");
    }

    #[test]
    fn every_exemption_says_why() {
        assert!(EXEMPTIONS.iter().all(|one| !one.reason.is_empty()));
    }
}

//! The journal under more than it may keep.

use std::time::Instant;

use contract::capture::Exchange;
use proptest::prelude::*;
use wiretap::{Filter, Journal, JournalOptions};

fn exchange(route: &str, body: String) -> Exchange {
    Exchange {
        seq: 0,
        listener: "api".into(),
        connection: 1,
        peer: "127.0.0.1:1".into(),
        at_ms: 0.0,
        ended_ms: 0.0,
        method: "GET".into(),
        path: "/".into(),
        query: None,
        route: route.into(),
        request_headers: Vec::new(),
        request_body_bytes: body.len() as u64,
        request_body: body,
        trust_id: None,
        auth: "none".into(),
        status: 200,
        response_headers: Vec::new(),
        response_body: String::new(),
        response_body_bytes: 0,
        fault: None,
    }
}

fn journal(entries_max: usize, bytes_max: usize) -> Journal {
    let options = JournalOptions::starting(Instant::now());
    Journal::new(JournalOptions { entries_max, bytes_max, ..options }).unwrap()
}

#[test]
fn the_oldest_go_first_and_are_counted() {
    let journal = journal(3, usize::MAX);
    for n in 0..5 {
        assert_eq!(journal.record(exchange("r", n.to_string())), n + 1);
    }
    let page = journal.after(0, &Filter::default(), 10);
    let bodies: Vec<&str> = page.exchanges.iter().map(|e| e.request_body.as_str()).collect();
    assert_eq!((bodies.as_slice(), page.next, page.dropped), (&["2", "3", "4"][..], 5, 2));
    assert_eq!(journal.dropped(), 2);
}

#[test]
fn bytes_are_bounded_too() {
    let journal = journal(1000, 100_000);
    for _ in 0..50 {
        journal.record(exchange("r", "x".repeat(10_000)));
    }
    let kept = journal.after(0, &Filter::default(), 100).exchanges.len();
    assert!((8..=9).contains(&kept), "{kept}");
}

proptest! {
    #[test]
    fn reading_page_by_page_finds_each_match_once(
        routes in prop::collection::vec(0_u8..3, 0..60),
        limit in 1_usize..10,
        entries_max in 1_usize..80,
    ) {
        let journal = journal(entries_max, usize::MAX);
        for route in &routes {
            journal.record(exchange(&route.to_string(), String::new()));
        }
        let mut read = Vec::new();
        let mut seq = 0;
        loop {
            let page = journal.after(seq, &Filter::route("1"), limit);
            prop_assert!(page.exchanges.len() <= limit);
            if page.exchanges.is_empty() {
                prop_assert_eq!(page.next, journal.last_seq().max(seq));
                break;
            }
            prop_assert!(page.next > seq);
            seq = page.next;
            read.extend(page.exchanges.into_iter().map(|e| e.seq));
        }
        let first = journal.dropped();
        let expected: Vec<u64> = (1_u64..).zip(&routes)
            .filter(|(seq, route)| **route == 1 && *seq > first)
            .map(|(seq, _)| seq)
            .collect();
        prop_assert_eq!(read, expected);
    }
}

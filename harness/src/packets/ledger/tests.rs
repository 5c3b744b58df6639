use super::*;

fn at(ip: [u8; 4], port: u16) -> SocketAddr {
    SocketAddr::from((ip, port))
}

fn seen(at_ms: u64, sighting: Sighting) -> Seen {
    Seen { at_ms, sighting }
}

fn ledger(all: &[Sighting]) -> Ledger {
    let mut ledger = Ledger::default();
    for (at_ms, sighting) in (0..).zip(all) {
        ledger.add(&seen(at_ms, sighting.clone()));
    }
    ledger
}

#[test]
fn repeated_attempts_are_one_connection_and_each_finds_its_answer() {
    let hub = at([172, 18, 0, 1], 443);
    let attempt = |port| Sighting::Attempt { own: at([172, 18, 0, 2], port), to: hub };
    let answered = |port, how| Sighting::Answered { own: at([172, 18, 0, 2], port), by: hub, how };
    let ledger = ledger(&[
        attempt(1),
        answered(1, Answer::SynAck),
        answered(1, Answer::Reset),
        attempt(2),
        attempt(2),
        attempt(3),
        answered(3, Answer::Reset),
    ]);
    let hub = ledger.attempts[&hub];
    assert_eq!((hub.begun, hub.packets, hub.taken, hub.refused), (3, 4, 1, 1));
    assert_eq!((hub.unanswered(), hub.first_ms, hub.last_ms), (1, 0, 5));
}

#[test]
fn what_was_there_before_a_mark_is_left_out_afterwards() {
    let question =
        Sighting::Question { server: [127, 0, 0, 11].into(), name: "a".into(), kind: "A".into() };
    let (hub, third) = (at([172, 18, 0, 1], 443), at([9, 9, 9, 9], 443));
    let attempt = |port, to| Sighting::Attempt { own: at([172, 18, 0, 2], port), to };
    let before = ledger(&[attempt(1, hub), attempt(2, third), question]);
    let mut after = before.clone();
    after.add(&seen(9, attempt(3, hub)));
    after.add(&seen(10, Sighting::Mark { number: 2 }));
    let between = after.since(&before);
    assert_eq!(between.attempts.keys().copied().collect::<Vec<_>>(), [hub]);
    assert_eq!((between.attempts[&hub].begun, between.questions.len(), between.mark), (1, 0, 2));
}

#[test]
fn memory_is_bounded_and_the_cut_is_told() {
    let mut ledger = Ledger::default();
    for number in 0..100_000_u32 {
        let [a, b, c, d] = number.to_be_bytes();
        let to = at([a, b, c, d], 1);
        ledger.add(&seen(0, Sighting::Attempt { own: at([1; 4], 1), to }));
        ledger.add(&seen(0, Sighting::Datagram { to }));
    }
    assert_eq!((ledger.attempts.len(), ledger.datagrams.len()), (KEPT_MAX, KEPT_MAX));
    assert!(ledger.open.len() <= OPEN_MAX);
    assert_eq!(ledger.cut, 2 * (100_000 - KEPT_MAX as u64));
}

#[test]
fn evidence_says_how_attempts_ended() {
    let (own, canary) = (at([172, 18, 0, 2], 7), at([9, 9, 9, 9], 443));
    let dropped = ledger(&[Sighting::Attempt { own, to: canary }]);
    let told = "TCP to 9.9.9.9:443: 1 begun with 1 SYN, 0 answered SYN-ACK, 0 RST, 1 nothing";
    assert!(dropped.lines()[0].starts_with(told), "{:?}", dropped.lines());
}

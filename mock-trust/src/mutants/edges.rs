//! What stands between a trust and its hub, misunderstood: edges, proxies, names and clocks.

use crate::mutants::{Deviation, Mutant};

pub(super) const TAKES_COMPRESSED_REPLY_AS_IT_IS: Mutant = Mutant {
    name: "takes-compressed-reply-as-it-is",
    breaks: &["TRUST-ROBUST-10"],
    sentence: "Asks for compressed replies and reads them as if they were not.",
    deviation: Deviation::NONE,
    apply: |habits| habits.wire.undoes_compression = false,
};

pub(super) const READS_UNMEASURED_REPLY_AS_EMPTY: Mutant = Mutant {
    name: "reads-unmeasured-reply-as-empty",
    breaks: &["TRUST-ROBUST-10"],
    sentence: "Takes a reply without Content-Length for one without a body.",
    deviation: Deviation::NONE,
    apply: |habits| habits.wire.reads_unmeasured_replies = false,
};

pub(super) const KEEPS_CLOSED_CONNECTION: Mutant = Mutant {
    name: "keeps-closed-connection",
    breaks: &["TRUST-ROBUST-10"],
    sentence: "Sends the next call over a connection the hub has closed meanwhile, and loses it.",
    deviation: Deviation::NONE,
    apply: |habits| habits.wire.notices_closed_connections = false,
};

pub(super) const SENDS_LOCAL_CALLS_THROUGH_PROXY: Mutant = Mutant {
    name: "sends-local-calls-through-proxy",
    breaks: &["TRUST-SVC-02", "TRUST-PROXY-01"],
    sentence: "Sends calls to the site's own services, their key with them, through the proxy although NO_PROXY names them.",
    deviation: Deviation::NONE,
    apply: |habits| habits.wire.honours_no_proxy = false,
};

pub(super) const PASSES_PROXY_BY: Mutant = Mutant {
    name: "passes-proxy-by",
    breaks: &["TRUST-PROXY-01"],
    sentence: "Connects to its hub directly although the environment names a proxy.",
    deviation: Deviation::NONE,
    apply: |habits| habits.wire.uses_proxy = false,
};

pub(super) const MARKS_LOCAL_TIME_AS_UTC: Mutant = Mutant {
    name: "marks-local-time-as-utc",
    breaks: &["TRUST-TIME-01"],
    sentence: "Sends the site's local time in snapshots, marked +00:00.",
    deviation: Deviation::NONE,
    apply: |habits| habits.health.tells_true_time = false,
};

pub(super) const DATES_ERRORS_BY_LOCAL_TIME: Mutant = Mutant {
    name: "dates-errors-by-local-time",
    breaks: &["TRUST-TIME-01"],
    sentence: "Dates the error record of a query by the site's local time.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.dates_in_utc = false,
};

pub(super) const ENDS_POLLER_ON_UNKNOWN_NAME: Mutant = Mutant {
    name: "ends-poller-on-unknown-name",
    breaks: &["TRUST-ROBUST-11"],
    sentence: "Stops calling its hub for good once the hub's name was not known; the process lives on and /health is ok.",
    deviation: Deviation::NONE,
    apply: |habits| habits.cycle.survives_unknown_name = false,
};

pub(super) const ENDS_POLLER_ON_UNANSWERED_CONNECT: Mutant = Mutant {
    name: "ends-poller-on-unanswered-connect",
    breaks: &["TRUST-ROBUST-11"],
    sentence: "Stops calling its hub for good once a connect was not answered; the process lives on and /health is ok.",
    deviation: Deviation::NONE,
    apply: |habits| habits.cycle.survives_unanswered_connect = false,
};

pub(super) const TRIES_FIRST_ADDRESS_ONLY: Mutant = Mutant {
    name: "tries-first-address-only",
    breaks: &["TRUST-ROBUST-11"],
    sentence: "Tries only the first of the addresses its hub's name stands for.",
    deviation: Deviation::NONE,
    apply: |habits| habits.wire.tries_every_address = false,
};

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

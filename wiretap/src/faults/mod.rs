//! Faults as data: what can go wrong between caller and service, and which of it is armed.
//!
//! Each transport fault has a file of its own; [`TRANSPORT`] lists them. Semantic faults belong to the
//! owner and share the book only.

mod body;
mod body_limit;
mod book;
mod compress;
mod connection_life;
mod drip;
mod framing;
mod garbage;
mod hang;
mod head_style;
mod http_text;
mod latency;
mod order;
mod plan;
mod redirect;
mod reset;
mod skew_date;
mod status;
mod strip_request_header;
mod strip_response_header;
mod truncate;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use book::{Family, FaultBook, FaultNames, Hit};
pub use order::{ArmError, FaultId, FaultOrder, Standing};

pub(crate) use plan::Plan;
pub(crate) use skew_date::http_date;

/// Every transport fault, in the order of documentation.
pub const TRANSPORT: &[TransportFaultRow] = &[
    latency::ROW,
    hang::ROW,
    drip::ROW,
    reset::ROW,
    truncate::ROW,
    garbage::ROW,
    status::ROW,
    redirect::ROW,
    body::ROW,
    strip_request_header::ROW,
    strip_response_header::ROW,
    skew_date::ROW,
    compress::ROW,
    framing::ROW,
    connection_life::CLOSE_IDLE,
    connection_life::CLOSE_AT_USE,
    connection_life::CLOSE_AFTER,
    head_style::HEADERS,
    head_style::INTERIM,
    body_limit::ROW,
];

/// One transport fault, for lists and help.
#[derive(Clone, Copy, Debug)]
pub struct TransportFaultRow {
    /// Name to arm it by.
    pub name: &'static str,
    /// What it does.
    pub sentence: &'static str,
    /// Its params, as JSON.
    pub example: &'static str,
    read: fn(Value) -> Result<TransportFault, serde_json::Error>,
}

impl TransportFaultRow {
    /// Reads params; members that the fault does not have are an error.
    pub fn read(&self, params: Value) -> Result<TransportFault, serde_json::Error> {
        (self.read)(params)
    }
}

/// A transport fault with its params.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TransportFault {
    /// The answer comes late.
    Latency(latency::Latency),
    /// No answer ever comes.
    Hang(hang::Hang),
    /// The answer trickles.
    Drip(drip::Drip),
    /// The connection is reset.
    Reset(reset::Reset),
    /// The answer breaks off.
    Truncate(truncate::Truncate),
    /// Something that is not HTTP answers.
    Garbage(garbage::Garbage),
    /// Another status answers.
    Status(status::Status),
    /// The caller is sent elsewhere.
    Redirect(redirect::Redirect),
    /// Another body answers.
    Body(body::Body),
    /// A request header is lost.
    StripRequestHeader(strip_request_header::StripRequestHeader),
    /// A response header is lost.
    StripResponseHeader(strip_response_header::StripResponseHeader),
    /// The Date header is wrong.
    SkewDate(skew_date::SkewDate),
    /// The answer is compressed.
    Compress(compress::Compress),
    /// The length of the answer is not told.
    Frame(framing::Frame),
    /// An unused connection is closed.
    CloseIdle(connection_life::CloseIdle),
    /// A used connection is closed.
    CloseAtUse(connection_life::CloseAtUse),
    /// A connection is closed as announced.
    CloseAfter(connection_life::CloseAfter),
    /// An edge adds headers.
    EdgeHeaders(head_style::EdgeHeaders),
    /// An interim answer comes first.
    Interim(head_style::Interim),
    /// Long bodies are refused.
    BodyLimit(body_limit::BodyLimit),
}

/// Whether a fault that replaces the answer lets the handler do its work first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// The handler never sees the request.
    #[default]
    BeforeHandler,
    /// The handler does its work; only its answer is lost.
    AfterHandler,
}

/// Of what a fault counts the bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Head and body.
    Response,
    /// The body; the head goes out whole.
    #[default]
    Body,
}

fn read<T: DeserializeOwned>(
    params: Value,
    wrap: fn(T) -> TransportFault,
) -> Result<TransportFault, serde_json::Error> {
    serde_json::from_value(params).map(wrap)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// On a command line a fault has a name and no params.
    #[test]
    fn what_an_edge_does_can_be_armed_by_its_name_alone() {
        for row in TRANSPORT.iter().skip_while(|row| row.name != "compress") {
            assert!(row.read(Value::Object(serde_json::Map::new())).is_ok(), "{}", row.name);
        }
    }

    #[test]
    fn every_row_reads_its_own_example_and_nothing_unknown() {
        let mut names = BTreeSet::new();
        for row in TRANSPORT {
            assert!(names.insert(row.name), "{} twice", row.name);
            assert!(row.sentence.ends_with('.'), "{}", row.name);
            let mut params: Value = serde_json::from_str(row.example).unwrap();
            assert!(row.read(params.clone()).is_ok(), "{}", row.name);
            params["no-such-member"] = Value::Null;
            assert!(row.read(params).is_err(), "{}", row.name);
        }
    }
}

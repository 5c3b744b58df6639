//! A service whose clock is wrong.

use axum::http::HeaderValue;
use axum::http::header::DATE;
use axum::response::Response;
use jiff::Timestamp;
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};
use serde::Deserialize;

use super::plan::{Edit, Plan};
use super::{TransportFault, TransportFaultRow, read};

/// Moves the Date header of the answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkewDate {
    /// By so many seconds; negative is the past.
    pub secs: i32,
}

impl SkewDate {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.edit(Edit::SkewDate(self.secs.into()));
    }
}

/// Moves the date that is there, or the present.
pub(super) fn skew(response: &mut Response, secs: i64) {
    let told = response.headers().get(DATE).and_then(|date| date.to_str().ok());
    let told = told.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
    let told = told.unwrap_or_else(Timestamp::now).as_second();
    response.headers_mut().insert(DATE, http_date(told + secs));
}

/// Text of a Date header; dates that HTTP cannot write become the first it can.
pub(crate) fn http_date(second: i64) -> HeaderValue {
    let timestamp = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
    let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&timestamp);
    text.ok()
        .and_then(|text| HeaderValue::try_from(text).ok())
        .unwrap_or(HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"))
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "skew-date",
    sentence: "The Date header is off by so many seconds.",
    example: r#"{"secs": -7200}"#,
    read: |params| read(params, TransportFault::SkewDate),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_http_wants_it_and_moves() {
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        let mut response = Response::default();
        response.headers_mut().insert(DATE, http_date(784_111_777));
        skew(&mut response, -37);
        assert_eq!(response.headers()[DATE], "Sun, 06 Nov 1994 08:49:00 GMT");
    }
}

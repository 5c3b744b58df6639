//! One stored exchange: its few facts, and all its texts in one block of memory.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use contract::capture::Exchange;

use super::ring::Weigh;

/// An exchange that is not numbered yet. The number is its place in the ring.
pub(crate) struct Draft {
    pub(crate) meta: Meta,
    pub(crate) texts: Packer,
}

/// What an exchange is besides its texts.
pub(crate) struct Meta {
    pub(crate) listener: Arc<str>,
    pub(crate) connection: u64,
    pub(crate) peer: Arc<str>,
    pub(crate) at: Duration,
    pub(crate) ended: Duration,
    pub(crate) route: Cow<'static, str>,
    pub(crate) trust_id: Option<Arc<str>>,
    pub(crate) auth: Cow<'static, str>,
    pub(crate) status: u16,
    pub(crate) fault: Option<Cow<'static, str>>,
    pub(crate) request_body_bytes: u64,
    pub(crate) response_body_bytes: u64,
}

/// Texts of an exchange, appended in the order of [`Section`].
pub(crate) struct Packer {
    bytes: Vec<u8>,
    ends: [u32; SECTIONS],
    has_query: bool,
}

/// Parts of the packed block, in order.
#[derive(Clone, Copy)]
enum Section {
    Method,
    Path,
    Query,
    RequestHeaders,
    RequestBody,
    ResponseHeaders,
    ResponseBody,
}

impl Packer {
    pub(crate) fn new(method: &str, path: &str, query: Option<&str>) -> Self {
        let line_bytes = method.len() + path.len() + query.map_or(0, str::len);
        let room =
            if line_bytes < LINE_BYTES { HEAD_ROOM_BYTES } else { HEAD_ROOM_BYTES + line_bytes };
        let mut packer = Self {
            bytes: Vec::with_capacity(room),
            ends: [0; SECTIONS],
            has_query: query.is_some(),
        };
        packer.put(Section::Method, method.as_bytes());
        packer.put(Section::Path, path.as_bytes());
        packer.put(Section::Query, query.unwrap_or_default().as_bytes());
        packer
    }

    /// Appends one request header. All of them come before the request body.
    pub(crate) fn request_header(&mut self, name: &str, value: &[u8]) {
        self.header(Section::RequestHeaders, name, value);
    }

    pub(crate) fn request_body(&mut self, body: &[u8]) {
        self.put(Section::RequestBody, body);
    }

    /// Appends one response header. All of them come before the response body.
    pub(crate) fn response_header(&mut self, name: &str, value: &[u8]) {
        self.header(Section::ResponseHeaders, name, value);
    }

    pub(crate) fn response_body(&mut self, body: &[u8]) {
        self.put(Section::ResponseBody, body);
    }

    fn header(&mut self, section: Section, name: &str, value: &[u8]) {
        for text in [name.as_bytes(), value] {
            self.bytes.extend_from_slice(&length(text.len()).to_le_bytes());
            self.bytes.extend_from_slice(text);
        }
        self.close(section);
    }

    fn put(&mut self, section: Section, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.close(section);
    }

    /// Sets the end of a section; those after it are empty until they get something.
    fn close(&mut self, section: Section) {
        let end = length(self.bytes.len());
        self.ends[section as usize..].fill(end);
    }
}

/// A stored exchange.
pub(super) struct Entry {
    pub(super) meta: Meta,
    bytes: Vec<u8>,
    ends: [u32; SECTIONS],
    has_query: bool,
}

impl From<Draft> for Entry {
    fn from(Draft { meta, texts }: Draft) -> Self {
        let Packer { mut bytes, ends, has_query } = texts;
        if bytes.capacity() - bytes.len() > WASTE_BYTES_MAX {
            bytes.shrink_to_fit();
        }
        Self { meta, bytes, ends, has_query }
    }
}

impl Entry {
    /// The record as others see it, with its place in the journal.
    pub(super) fn exchange(&self, seq: u64) -> Exchange {
        let meta = &self.meta;
        Exchange {
            seq,
            listener: meta.listener.to_string(),
            connection: meta.connection,
            peer: meta.peer.to_string(),
            at_ms: ms(meta.at),
            ended_ms: ms(meta.ended),
            method: self.text(Section::Method),
            path: self.text(Section::Path),
            query: self.has_query.then(|| self.text(Section::Query)),
            route: meta.route.to_string(),
            request_headers: self.headers(Section::RequestHeaders),
            request_body: self.text(Section::RequestBody),
            request_body_bytes: meta.request_body_bytes,
            trust_id: meta.trust_id.as_deref().map(str::to_owned),
            auth: meta.auth.to_string(),
            status: meta.status,
            response_headers: self.headers(Section::ResponseHeaders),
            response_body: self.text(Section::ResponseBody),
            response_body_bytes: meta.response_body_bytes,
            fault: meta.fault.as_deref().map(str::to_owned),
        }
    }

    fn section(&self, section: Section) -> &[u8] {
        let index = section as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start as usize..self.ends[index] as usize]
    }

    fn text(&self, section: Section) -> String {
        String::from_utf8_lossy(self.section(section)).into_owned()
    }

    fn headers(&self, section: Section) -> Vec<(String, String)> {
        let mut rest = self.section(section);
        let mut headers = Vec::new();
        while let (Some(name), Some(value)) = (take_text(&mut rest), take_text(&mut rest)) {
            headers.push((name, value));
        }
        headers
    }
}

impl Weigh for Entry {
    fn weight_bytes(&self) -> usize {
        self.bytes.capacity() + size_of::<Self>() + ALLOCATION_BYTES
    }
}

/// Packs a record that was made elsewhere; its `seq` is not kept.
impl From<Exchange> for Draft {
    fn from(exchange: Exchange) -> Self {
        let query = exchange.query.as_deref();
        let mut texts = Packer::new(&exchange.method, &exchange.path, query);
        for (name, value) in &exchange.request_headers {
            texts.request_header(name, value.as_bytes());
        }
        texts.request_body(exchange.request_body.as_bytes());
        for (name, value) in &exchange.response_headers {
            texts.response_header(name, value.as_bytes());
        }
        texts.response_body(exchange.response_body.as_bytes());
        let meta = Meta {
            listener: exchange.listener.into(),
            connection: exchange.connection,
            peer: exchange.peer.into(),
            at: duration(exchange.at_ms),
            ended: duration(exchange.ended_ms),
            route: exchange.route.into(),
            trust_id: exchange.trust_id.map(Into::into),
            auth: exchange.auth.into(),
            status: exchange.status,
            fault: exchange.fault.map(Into::into),
            request_body_bytes: exchange.request_body_bytes,
            response_body_bytes: exchange.response_body_bytes,
        };
        Self { meta, texts }
    }
}

pub(super) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn duration(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1e3).unwrap_or_default()
}

fn length(len: usize) -> u32 {
    u32::try_from(len).expect("bodies and heads are cut far below 4 GiB")
}

fn take_text(rest: &mut &[u8]) -> Option<String> {
    let (len, after) = rest.split_first_chunk()?;
    let (text, after) = after.split_at_checked(u32::from_le_bytes(*len) as usize)?;
    *rest = after;
    Some(String::from_utf8_lossy(text).into_owned())
}

const SECTIONS: usize = Section::ResponseBody as usize + 1;
/// Most exchanges fit into this without a second allocation, and blocks of one size are recycled.
const HEAD_ROOM_BYTES: usize = 960;
/// A request line that is not worth more room.
const LINE_BYTES: usize = 128;
const WASTE_BYTES_MAX: usize = 1024;
/// Book-keeping of the two allocations of an entry.
const ALLOCATION_BYTES: usize = 48;

/// A record that says nothing.
#[cfg(test)]
pub(crate) fn blank_exchange() -> Exchange {
    let texts = Packer::new("", "", None);
    let meta = Meta {
        listener: "".into(),
        connection: 0,
        peer: "".into(),
        at: Duration::ZERO,
        ended: Duration::ZERO,
        route: Cow::Borrowed(""),
        trust_id: None,
        auth: Cow::Borrowed(""),
        status: 0,
        fault: None,
        request_body_bytes: 0,
        response_body_bytes: 0,
    };
    Entry::from(Draft { meta, texts }).exchange(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> Exchange {
        Exchange {
            seq: 3,
            at_ms: 1.5,
            ended_ms: 2.25,
            method: "POST".into(),
            path: "/api/x".into(),
            query: Some(String::new()),
            request_headers: vec![("host".into(), "h".into()), ("empty".into(), String::new())],
            request_body: "{\"é\":1}".into(),
            request_body_bytes: 9,
            trust_id: Some("t".into()),
            status: 200,
            response_headers: vec![("content-type".into(), "text/plain".into())],
            response_body: "done".into(),
            ..blank_exchange()
        }
    }

    #[test]
    fn packing_loses_nothing() {
        let bare = Exchange {
            query: None,
            request_headers: Vec::new(),
            request_body: String::new(),
            response_headers: Vec::new(),
            trust_id: None,
            fault: Some("hang".into()),
            ..exchange()
        };
        for original in [exchange(), bare] {
            let entry = Entry::from(Draft::from(original.clone()));
            assert_eq!(entry.exchange(3), original);
        }
    }
}

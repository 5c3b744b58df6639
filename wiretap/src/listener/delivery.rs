//! How the body of a reply travels, where it is not simply sent: compressed, or of untold length.

use std::io::Write as _;

use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::http::response::Parts;
use axum::http::{Extensions, Version};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde::Deserialize;

use super::reply::ReplyBody;

/// What happens to a body after it was recorded; kept with the response.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Delivery {
    pub(crate) coding: Option<Coding>,
    pub(crate) framing: Option<Framing>,
}

/// A compression, by its name in `Content-Encoding`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coding {
    /// RFC 1952.
    #[default]
    Gzip,
    /// RFC 1950, as HTTP means the word.
    Deflate,
}

/// How a reply ends when it does not tell its length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Framing {
    /// `Transfer-Encoding: chunked`.
    #[default]
    Chunks,
    /// HTTP/1.0: the end of the connection is the end of the body.
    UntilClose,
}

impl Delivery {
    /// The delivery of a response, made when it has none.
    pub(crate) fn of(extensions: &mut Extensions) -> &mut Self {
        extensions.get_or_insert_default()
    }

    pub(super) fn deliver(self, head: &mut Parts, body: Bytes) -> ReplyBody {
        let body = match self.coding {
            // Nothing to compress, and an empty reply may not carry a body.
            Some(_) if body.is_empty() => {
                head.headers.remove(CONTENT_ENCODING);
                body
            }
            Some(coding) => coding.compress(&body),
            None => body,
        };
        match self.framing {
            Some(framing) if !body.is_empty() => {
                head.headers.remove(CONTENT_LENGTH);
                if framing == Framing::UntilClose {
                    head.headers.remove(TRANSFER_ENCODING);
                    head.version = Version::HTTP_10;
                }
                ReplyBody::Unmeasured(body)
            }
            _ => ReplyBody::Whole(body),
        }
    }
}

impl Coding {
    /// The word in headers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    fn compress(self, body: &[u8]) -> Bytes {
        let level = Compression::default();
        let packed = match self {
            Self::Gzip => {
                let mut writer = GzEncoder::new(Vec::new(), level);
                writer.write_all(body).and_then(|()| writer.finish())
            }
            Self::Deflate => {
                let mut writer = ZlibEncoder::new(Vec::new(), level);
                writer.write_all(body).and_then(|()| writer.finish())
            }
        };
        // Writing to memory cannot fail.
        packed.unwrap_or_default().into()
    }
}

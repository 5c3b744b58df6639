//! Undoing what a reply's `Content-Encoding` says, for the codings every request asks for.

use std::io::Read;

use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};

use super::CallError;

/// The body as it was before it was compressed; codings are undone last first.
///
/// # Errors
/// [`CallError::Protocol`] for a coding nobody asked for and for a body it does not fit, and
/// [`CallError::TooLong`] when more than `bytes_max` come out.
pub(super) fn decoded(
    body: Vec<u8>,
    encoding: Option<&str>,
    bytes_max: usize,
) -> Result<Vec<u8>, CallError> {
    let Some(encoding) = encoding else { return Ok(body) };
    if body.is_empty() {
        return Ok(body);
    }
    encoding.rsplit(',').map(str::trim).try_fold(body, |body, coding| {
        match coding.to_ascii_lowercase().as_str() {
            "identity" | "" => Ok(body),
            "gzip" | "x-gzip" => unpacked(GzDecoder::new(body.as_slice()), bytes_max),
            // Some servers mean the bare stream by this word: the real client tries both.
            "deflate" => match unpacked(ZlibDecoder::new(body.as_slice()), bytes_max) {
                Err(CallError::Protocol(_)) => {
                    unpacked(DeflateDecoder::new(body.as_slice()), bytes_max)
                }
                other => other,
            },
            other => Err(CallError::Protocol(format!("reply is encoded as {other:?}"))),
        }
    })
}

fn unpacked(reader: impl Read, bytes_max: usize) -> Result<Vec<u8>, CallError> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let read = reader.take(limit).read_to_end(&mut bytes);
    read.map_err(|error| CallError::Protocol(format!("Error while decoding: {error}")))?;
    if bytes.len() > bytes_max {
        return Err(CallError::TooLong(bytes_max));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = br#"{"tasks": []}"#;

    #[test]
    fn each_coding_that_is_asked_for_is_undone() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(TEXT).expect("memory");
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT).expect("memory");
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::default());
        bare.write_all(TEXT).expect("memory");
        for (coding, body) in [
            ("gzip", gzip.finish().expect("memory")),
            ("Deflate", zlib.finish().expect("memory")),
            ("deflate", bare.finish().expect("memory")),
            ("identity", TEXT.to_vec()),
        ] {
            assert_eq!(decoded(body, Some(coding), 100).as_deref(), Ok(TEXT), "{coding}");
        }
    }

    #[test]
    fn what_is_no_such_coding_or_too_much_is_an_error() {
        assert!(matches!(decoded(TEXT.to_vec(), Some("gzip"), 100), Err(CallError::Protocol(_))));
        assert!(matches!(decoded(TEXT.to_vec(), Some("br"), 100), Err(CallError::Protocol(_))));
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&[0; 5000]).expect("memory");
        let packed = gzip.finish().expect("memory");
        assert_eq!(decoded(packed, Some("gzip"), 4999), Err(CallError::TooLong(4999)));
    }
}

//! How a task's payload leaves, as text in its row.

use contract::envelope::Cipher;
use contract::key::Secret;
use serde::{Deserialize, Serialize};

use crate::domain::{SealParameters, Sealing};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kept {
    Verbatim(String),
    With {
        cipher: Option<Cipher>,
        key_base64: Option<String>,
        kid: Option<String>,
        context: Option<String>,
    },
}

/// Nothing for what the edition does by itself.
pub(super) fn text(sealing: &Sealing) -> Option<String> {
    let kept = match sealing {
        Sealing::Edition => return None,
        Sealing::Verbatim(text) => Kept::Verbatim(text.clone()),
        Sealing::With(parameters) => Kept::With {
            cipher: parameters.cipher,
            key_base64: parameters.key_base64.as_ref().map(|key| key.expose().to_owned()),
            kid: parameters.kid.clone(),
            context: parameters.context.clone(),
        },
    };
    serde_json::to_string(&kept).ok()
}

/// What [`text`] wrote; nothing when it is something else.
pub(super) fn read(text: Option<&str>) -> Option<Sealing> {
    let Some(text) = text else { return Some(Sealing::Edition) };
    Some(match serde_json::from_str(text).ok()? {
        Kept::Verbatim(text) => Sealing::Verbatim(text),
        Kept::With { cipher, key_base64, kid, context } => {
            let key_base64 = key_base64.map(Secret::new);
            Sealing::With(SealParameters { cipher, key_base64, kid, context })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_sealing_reads_back_as_it_was_written() {
        let parameters = SealParameters {
            cipher: Some(Cipher::Cbc),
            key_base64: Some(Secret::from("BwcHBw==")),
            kid: None,
            context: Some("task:other".into()),
        };
        for sealing in [
            Sealing::Edition,
            Sealing::Verbatim("not \"sealed\"".into()),
            Sealing::With(parameters),
        ] {
            assert_eq!(read(text(&sealing).as_deref()), Some(sealing));
        }
        assert_eq!(read(Some("{")), None);
    }
}

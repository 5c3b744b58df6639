//! Opening a task's payload, and the misreadings of mutants.

use contract::edition::TaskType;
use contract::envelope::{
    self, CbcFault, Cipher, KeyRing, OpenError, ReadOptions, SHARED_KID, key_bytes, open,
    task_context,
};
use contract::{key, limits};
use serde_json::Value;
use thiserror::Error;

use super::unproven::{self, Origin};
use crate::habits::Habits;
use crate::settings::Settings;

/// The payload keys a node holds, and how it reads with them.
pub(crate) struct PayloadKeys {
    cipher: Cipher,
    ring: KeyRing,
    accepts_legacy_cbc: bool,
}

impl PayloadKeys {
    /// Lengths are not looked at here; see [`PayloadKeys::fingerprint`].
    pub(crate) fn new(settings: &Settings) -> Self {
        let mut ring = KeyRing::new();
        let bytes = |secret: &key::Secret| {
            key_bytes(secret.expose()).map_or_else(|_| Vec::new(), |bytes| bytes.to_vec())
        };
        ring.insert(SHARED_KID, bytes(&settings.payload_key));
        for (kid, secret) in &settings.further_payload_keys {
            ring.insert(kid.clone(), bytes(secret));
        }
        let row = settings.edition.row();
        Self {
            cipher: row.cipher,
            ring,
            accepts_legacy_cbc: row.reads_legacy_cbc && settings.accepts_legacy_cbc,
        }
    }

    /// The fingerprint of the shared key, if the key is usable at all.
    pub(crate) fn fingerprint(&self) -> Option<String> {
        let held = self.shared();
        (held.len() == limits::PAYLOAD_KEY_BYTES).then(|| key::fingerprint(held))
    }

    fn shared(&self) -> &[u8] {
        self.ring.key(SHARED_KID).unwrap_or_default()
    }

    fn open_for(&self, kind: TaskType, payload: &str) -> Result<String, OpenError> {
        let options =
            ReadOptions { accept_legacy_cbc: self.accepts_legacy_cbc, ..ReadOptions::default() };
        open(self.cipher, &self.ring, &task_context(kind.name()), payload, options)
    }
}

/// Why a payload is no use. `Display` is what the report says after `Invalid payload: `.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum PayloadError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("Expecting value: line 1 column 1 (char 0)")]
    NotJson,
    #[error("'{0}' object has no attribute 'get'")]
    NoObject(&'static str),
    #[error("{0}")]
    Form(String),
    #[error("Payload was already used for another task")]
    Replayed,
}

impl PayloadError {
    pub(super) fn is_authentication(&self) -> bool {
        *self == Self::Open(OpenError::Authentication)
    }

    /// Whether the text is not of this node's format at all, rather than altered or sealed with
    /// another key.
    pub(super) fn is_foreign_format(&self) -> bool {
        matches!(
            self,
            Self::Open(
                OpenError::NotEnvelope
                    | OpenError::UnsupportedVersion(_)
                    | OpenError::UnknownKid(_)
                    | OpenError::NonceLength(_)
                    | OpenError::NonceOutOfRange(_)
                    | OpenError::Cbc(CbcFault::Base64 | CbcFault::Iv { .. } | CbcFault::Blocks)
            )
        )
    }
}

/// A payload that may be acted on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// Its plaintext.
    Text(String),
    /// Unopened, and reported as done all the same: a mutant.
    ClaimedDone,
}

/// Opens what came for a task of this type.
pub(super) fn read(
    keys: &PayloadKeys,
    habits: &Habits,
    kind: TaskType,
    payload: Option<&Value>,
) -> Result<Opened, PayloadError> {
    let text = match payload {
        Some(Value::String(text)) => text.as_str(),
        Some(object @ Value::Object(_)) if !habits.payload.refuses_plain_json => {
            return Ok(Opened::Text(object.to_string()));
        }
        _ if keys.cipher == Cipher::Cbc => "",
        _ => return Err(OpenError::NotEnvelope.into()),
    };
    if !habits.payload.refuses_plain_json && text.trim_start().starts_with('{') {
        return Ok(Opened::Text(text.to_owned()));
    }
    match keys.open_for(kind, text) {
        Ok(plaintext) => Ok(Opened::Text(plaintext)),
        Err(error) => misread(keys, habits, kind, text, error),
    }
}

/// An honest node refuses here. Each mutant lets one kind of origin pass.
fn misread(
    keys: &PayloadKeys,
    habits: &Habits,
    kind: TaskType,
    payload: &str,
    error: OpenError,
) -> Result<Opened, PayloadError> {
    let tolerant = !(habits.payload.refuses_altered
        && habits.payload.fails_foreign_key
        && habits.payload.refuses_relabelled);
    if !tolerant {
        return Err(error.into());
    }
    let origin = match &error {
        OpenError::Authentication => origin_of(keys, kind, payload),
        OpenError::Cbc(CbcFault::Padding | CbcFault::Text) => Origin::ForeignKey,
        _ => return Err(error.into()),
    };
    match origin {
        Origin::Relabelled(text) if !habits.payload.refuses_relabelled => Ok(Opened::Text(text)),
        Origin::Altered(text) if !habits.payload.refuses_altered => Ok(Opened::Text(text)),
        Origin::ForeignKey if !habits.payload.fails_foreign_key => Ok(Opened::ClaimedDone),
        _ => Err(error.into()),
    }
}

fn origin_of(keys: &PayloadKeys, kind: TaskType, payload: &str) -> Origin {
    let other_types = TaskType::ALL.into_iter().filter(|other| *other != kind);
    for other in other_types {
        if let Ok(text) = keys.open_for(other, payload) {
            return Origin::Relabelled(text);
        }
    }
    let options = ReadOptions { accept_legacy_cbc: false, ..ReadOptions::default() };
    // Sealed for no type at all: with an empty context, or in the format that has none.
    for cipher in [keys.cipher, Cipher::GcmKid] {
        if let Ok(text) = envelope::open(cipher, &keys.ring, "", payload, options) {
            return Origin::Relabelled(text);
        }
    }
    unproven::origin(keys.shared(), payload)
}

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;
    use contract::envelope::{SealRequest, seal};
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;
    use serde_json::json;

    use super::*;
    use crate::habits::Conduct;
    use crate::mutants;

    const KEY: [u8; 32] = [7; 32];
    const TEXT: &str = r#"{"imaging_project_id": "33333333-3333-4333-8333-333333333333"}"#;
    const KIND: TaskType = TaskType::DeleteImaging;

    fn keys() -> PayloadKeys {
        PayloadKeys {
            cipher: Cipher::GcmContext,
            ring: KeyRing::shared(KEY),
            accepts_legacy_cbc: false,
        }
    }

    fn sealed(key: &[u8], context: &str) -> String {
        let request = SealRequest::new(Cipher::GcmContext, key, TEXT.as_bytes()).context(context);
        seal(request, &mut StdRng::seed_from_u64(1)).expect("a whole key")
    }

    fn sealed_for_no_type() -> String {
        let request = SealRequest::new(Cipher::GcmKid, &KEY, TEXT.as_bytes());
        seal(request, &mut StdRng::seed_from_u64(1)).expect("a whole key")
    }

    fn altered(member: &str, at: usize) -> String {
        use base64::Engine as _;
        let base64 = base64::engine::general_purpose::STANDARD;
        let json = base64.decode(sealed(&KEY, "task:delete_imaging")).expect("base64");
        let mut envelope: Value = serde_json::from_slice(&json).expect("JSON");
        let mut bytes = base64.decode(envelope[member].as_str().expect("text")).expect("base64");
        let at = if at == usize::MAX { bytes.len() - 1 } else { at };
        bytes[at] ^= 1;
        envelope[member] = base64.encode(bytes).into();
        base64.encode(envelope.to_string())
    }

    fn reading(name: Option<&str>, payload: &str) -> Result<Opened, PayloadError> {
        let mut habits = Conduct::Ideal.habits(EditionId::DEFAULT);
        if let Some(name) = name {
            habits = habits.with(mutants::find(name).expect("listed"));
        }
        read(&keys(), &habits, KIND, Some(&json!(payload)))
    }

    #[test]
    fn each_mutant_passes_its_own_origin_only() {
        let cases = [
            ("runs-altered-payload", altered("iv", 3)),
            ("runs-altered-payload", altered("ct", 30)),
            ("runs-altered-payload", altered("ct", usize::MAX)),
            ("claims-success-for-foreign-key", sealed(&[8; 32], "task:delete_imaging")),
            ("runs-relabelled-payload", sealed(&KEY, "task:reimport_studies")),
            ("runs-relabelled-payload", sealed(&KEY, "")),
            ("runs-relabelled-payload", sealed_for_no_type()),
        ];
        for (owner, payload) in &cases {
            let refused = Err(PayloadError::Open(OpenError::Authentication));
            assert_eq!(reading(None, payload), refused, "ideal, {owner}");
            for (name, _) in &cases {
                let passed = reading(Some(name), payload).is_ok();
                assert_eq!(passed, name == owner, "{name} on the case of {owner}");
            }
        }
    }

    #[test]
    fn plain_json_is_no_envelope_except_to_its_mutant() {
        let refused = Err(PayloadError::Open(OpenError::NotEnvelope));
        assert_eq!(reading(None, TEXT), refused);
        let run = reading(Some("runs-plain-json-payload"), TEXT);
        assert_eq!(run, Ok(Opened::Text(TEXT.into())));
    }

    #[test]
    fn null_and_missing_are_no_envelope() {
        let habits = Conduct::Ideal.habits(EditionId::DEFAULT);
        for payload in [None, Some(Value::Null), Some(json!(""))] {
            let error = read(&keys(), &habits, KIND, payload.as_ref());
            assert_eq!(error, Err(PayloadError::Open(OpenError::NotEnvelope)));
        }
    }
}

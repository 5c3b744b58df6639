//! Delivered payloads: sealed, in the edition's format, bound to their task, with a fresh iv.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::envelope::{Cipher, KeyRing, ReadOptions, key_bytes, open, task_context};
use contract::key::Secret;
use contract::limits::{CBC_IV_BYTES, GCM_IV_BYTES};
use serde_json::Value;

use super::Breach;
use crate::finding::Judged;
use crate::hub_stage::{Ask, HubStage, Reply};

/// A task as a poll hands it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Task id.
    pub id: String,
    /// Task type word.
    pub task_type: String,
    /// Payload text.
    pub payload: String,
    /// When it was queued, as the hub writes it.
    pub created_at: String,
}

/// The tasks in a reply; none when it is no answered poll.
pub fn delivered(ask: &Ask, reply: &Reply) -> Vec<Delivered> {
    if reply.status != 200 || !ask.path.ends_with("/pending") {
        return Vec::new();
    }
    let body = reply.json();
    let list = body.as_array().or_else(|| body["tasks"].as_array()).cloned().unwrap_or_default();
    let text = |task: &Value, member: &str| match &task[member] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    list.iter()
        .map(|task| Delivered {
            id: text(task, "id"),
            task_type: text(task, "task_type"),
            payload: text(task, "payload"),
            created_at: text(task, "created_at"),
        })
        .collect()
}

/// What was queued, by task id; empty for a hub that does not tell.
pub async fn queued(hub: &HubStage) -> Judged<BTreeMap<String, String>> {
    let Ok(control) = hub.control() else { return Ok(BTreeMap::new()) };
    let list = control.control.get("/control/tasks").await?;
    let tasks = list.as_array().cloned().unwrap_or_default();
    let row = |task: &Value| {
        Some((task["id"].as_str()?.to_owned(), task["plaintext"].as_str()?.to_owned()))
    };
    Ok(tasks.iter().filter_map(row).collect())
}

/// Whether a payload is unreadable on the wire and opens to what was queued, with a key of the hub.
/// Without any known key only the first can be told.
pub fn judge(
    cipher: Cipher,
    keys: &[(String, Secret)],
    task: &Delivered,
    queued: Option<&str>,
) -> Option<Breach> {
    if is_readable(&task.payload, queued) {
        return Some(Breach::new("a sealed payload", "a payload that anybody can read"));
    }
    if keys.is_empty() {
        return None;
    }
    let context = task_context(&task.task_type);
    let opened = match open_with(cipher, keys, &context, &task.payload) {
        Ok(opened) => opened,
        Err(reason) => {
            let expected = format!("a payload that opens as {cipher} with the hub's key");
            return Some(Breach::new(expected, reason));
        }
    };
    if queued.is_some_and(|queued| queued != opened) {
        return Some(Breach::new("exactly the queued text", "another text"));
    }
    None
}

/// Opens with whichever known key fits; the reason of the last failure otherwise.
pub fn open_with(
    cipher: Cipher,
    keys: &[(String, Secret)],
    context: &str,
    payload: &str,
) -> Result<String, String> {
    let mut failure = "no payload key is known".to_owned();
    for (kid, key) in keys.iter().rev() {
        let Ok(bytes) = key_bytes(key.expose()) else { continue };
        let ring = KeyRing::new().with(kid.as_str(), bytes.to_vec());
        let options = ReadOptions { accept_legacy_cbc: false, force_key: None };
        match open(cipher, &ring, context, payload, options) {
            Ok(text) => return Ok(text),
            Err(error) => failure = error.to_string(),
        }
    }
    Err(failure)
}

/// The iv a payload was sealed with.
pub fn iv(cipher: Cipher, payload: &str) -> Option<Vec<u8>> {
    match cipher {
        Cipher::Cbc => STANDARD.decode(payload).ok()?.get(..CBC_IV_BYTES).map(<[u8]>::to_vec),
        Cipher::GcmKid | Cipher::GcmContext => {
            STANDARD.decode(envelope(payload)?["iv"].as_str()?).ok()
        }
    }
}

/// Whether the payload is an envelope of version 1 with that key id and an iv of 12 bytes.
pub fn envelope_form(payload: &str, kid: &str) -> Option<Breach> {
    let expected = format!("an envelope with v 1, kid {kid:?} and an iv of {GCM_IV_BYTES} bytes");
    let Some(envelope) = envelope(payload) else {
        return Some(Breach::new(expected, "no base64 of a JSON object"));
    };
    let iv = envelope["iv"].as_str().and_then(|iv| STANDARD.decode(iv).ok()).map(|iv| iv.len());
    if envelope["v"] == 1 && envelope["kid"] == kid && iv == Some(GCM_IV_BYTES) {
        return None;
    }
    let observed = format!("v {}, kid {}, iv of {iv:?} bytes", envelope["v"], envelope["kid"]);
    Some(Breach::new(expected, observed))
}

/// Whether no iv appears twice.
pub fn fresh_ivs(cipher: Cipher, payloads: &[Delivered]) -> Option<Breach> {
    let ivs: Vec<Vec<u8>> = payloads.iter().filter_map(|task| iv(cipher, &task.payload)).collect();
    if ivs.len() < payloads.len() {
        let observed = format!("{} payloads without an iv", payloads.len() - ivs.len());
        return Some(Breach::new("an iv in every payload", observed));
    }
    let different: BTreeSet<&Vec<u8>> = ivs.iter().collect();
    if different.len() == ivs.len() {
        return None;
    }
    let observed = format!("{} different ones", different.len());
    Some(Breach::new(format!("{} different ivs", ivs.len()), observed))
}

fn envelope(payload: &str) -> Option<Value> {
    let json: Value = serde_json::from_slice(&STANDARD.decode(payload).ok()?).ok()?;
    json.is_object().then_some(json)
}

/// Whether the payload shows its contents without a key: as JSON, as the queued text, or as base64
/// of either.
fn is_readable(payload: &str, queued: Option<&str>) -> bool {
    let shows =
        |text: &str| queued.is_some_and(|queued| !queued.is_empty() && text.contains(queued));
    if serde_json::from_str::<Value>(payload).is_ok_and(|json| json.is_object()) || shows(payload) {
        return true;
    }
    let Ok(bytes) = STANDARD.decode(payload) else { return false };
    let Ok(text) = String::from_utf8(bytes) else { return false };
    let envelope = |json: &Value| json.get("ct").is_some() && json.get("iv").is_some();
    let bare =
        serde_json::from_str::<Value>(&text).is_ok_and(|json| json.is_object() && !envelope(&json));
    bare || shows(&text)
}

#[cfg(test)]
mod tests {
    use contract::envelope::{SealRequest, seal};

    use super::*;

    const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    const TEXT: &str = r#"{"email": "a@example.org", "enabled": true}"#;

    fn keys() -> Vec<(String, Secret)> {
        vec![("shared".to_owned(), Secret::new(KEY))]
    }

    fn task(payload: String) -> Delivered {
        let (id, task_type) = ("1".to_owned(), "update_user_profile".to_owned());
        Delivered { id, task_type, payload, created_at: String::new() }
    }

    fn sealed(cipher: Cipher, context: &str) -> String {
        let request = SealRequest::new(cipher, &[7; 32], TEXT.as_bytes()).context(context);
        seal(request, &mut rand::rng()).expect("the parameters fit")
    }

    #[test]
    fn a_payload_sealed_for_its_task_is_content_in_every_format() {
        for cipher in Cipher::ALL {
            let good = task(sealed(cipher, "task:update_user_profile"));
            assert_eq!(judge(cipher, &keys(), &good, Some(TEXT)), None, "{cipher}");
            assert!(judge(cipher, &keys(), &good, Some("other")).is_some(), "{cipher}");
            let foreign = [("shared".to_owned(), Secret::new(&*KEY.replace('B', "C")))];
            assert!(judge(cipher, &foreign, &good, Some(TEXT)).is_some(), "{cipher}");
            assert_eq!(judge(cipher, &[], &good, Some(TEXT)), None, "{cipher}");
        }
        let foreign = task(sealed(Cipher::GcmContext, "task:cohort_query"));
        assert!(judge(Cipher::GcmContext, &keys(), &foreign, Some(TEXT)).is_some());
    }

    #[test]
    fn plain_payloads_are_readable_in_every_disguise() {
        for payload in [TEXT.to_owned(), STANDARD.encode(TEXT), format!("x{TEXT}y")] {
            let breach = judge(Cipher::Cbc, &keys(), &task(payload), Some(TEXT));
            assert_eq!(breach.map(|b| b.expected).as_deref(), Some("a sealed payload"));
        }
    }

    #[test]
    fn a_reused_iv_is_found() {
        for cipher in Cipher::ALL {
            let one = task(sealed(cipher, ""));
            let other = task(sealed(cipher, ""));
            assert_eq!(fresh_ivs(cipher, &[one.clone(), other]), None);
            assert!(fresh_ivs(cipher, &[one.clone(), one]).is_some());
        }
    }

    #[test]
    fn the_form_of_an_envelope_is_looked_at_member_by_member() {
        let good = sealed(Cipher::GcmContext, "");
        assert_eq!(envelope_form(&good, "shared"), None);
        assert!(envelope_form(&good, "other").is_some());
        assert!(envelope_form(&sealed(Cipher::Cbc, ""), "shared").is_some());
        let short = r#"{"v": 1, "kid": "shared", "iv": "AAAA", "ct": ""}"#;
        assert!(envelope_form(&STANDARD.encode(short), "shared").is_some());
    }
}

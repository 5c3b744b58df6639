//! Payloads on their way out (hub 4; trust 8).

use contract::edition::Edition;
use contract::envelope::{
    CBC_IV_BYTES, Cipher, GCM_IV_BYTES, KEY_BYTES, SHARED_KID, SealRequest, key_bytes, seal,
    task_context,
};
use thiserror::Error;

use super::tasks::{SealParameters, Sealing, Task};
use super::trust::Trust;
use super::{Dice, PayloadKeys};
use crate::habits::Seal;

/// The hub's payload key is unusable; nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("payload could not be sealed: the hub's payload key is unusable")]
pub struct SealFailed;

/// The text in `payload` of a delivery.
pub(super) fn payload_text(
    task: &Task,
    trust: &Trust,
    edition: &Edition,
    keys: &PayloadKeys,
    dice: &Dice,
    habit: Seal,
) -> Result<String, SealFailed> {
    let parameters = match &task.sealing {
        Sealing::Verbatim(text) => return Ok(text.clone()),
        Sealing::With(parameters) => parameters.clone(),
        Sealing::Edition => SealParameters::default(),
    };
    if habit == Seal::Nothing {
        return Ok(task.plaintext.to_string());
    }
    let sealed = sealed_text(task, trust, edition, keys, dice, habit, &parameters);
    match (sealed, habit) {
        (Err(SealFailed), Seal::NothingWhenKeyBad) => Ok(task.plaintext.to_string()),
        (outcome, _) => outcome,
    }
}

fn sealed_text(
    task: &Task,
    trust: &Trust,
    edition: &Edition,
    keys: &PayloadKeys,
    dice: &Dice,
    habit: Seal,
    parameters: &SealParameters,
) -> Result<String, SealFailed> {
    let cipher = parameters.cipher.unwrap_or(edition.cipher);
    let own = habit != Seal::SharedKeyOnly;
    let held_kid = if own { key_id(trust, edition, keys) } else { SHARED_KID.to_owned() };
    let given = parameters.key_base64.as_ref().map(|text| key_bytes(text.expose()));
    let given = given.transpose().map_err(|_| SealFailed)?;
    let key: &[u8] = match (&given, habit) {
        (_, Seal::ForeignKey) => &FOREIGN_KEY,
        (Some(bytes), _) => bytes,
        (None, Seal::FormerKey) => {
            keys.former_key(&held_kid).or_else(|| keys.key(&held_kid)).ok_or(SealFailed)?
        }
        (None, _) => keys.key(&held_kid).ok_or(SealFailed)?,
    };
    let kid = match (&parameters.kid, habit) {
        (_, Seal::ForeignKid) => "somebody-else",
        (Some(kid), _) => kid,
        (None, _) => &held_kid,
    };
    let context = match (&parameters.context, habit) {
        (_, Seal::ForeignContext) => "task:somebody_else".to_owned(),
        (Some(context), _) => context.clone(),
        (None, _) => task_context(&task.task_type),
    };
    let iv = if habit == Seal::OneIv { [9; CBC_IV_BYTES] } else { dice.iv() };
    let iv = if cipher == Cipher::Cbc { &iv[..] } else { &iv[..GCM_IV_BYTES] };
    let plaintext = task.plaintext.as_bytes();
    let request = SealRequest { cipher, key, kid, context: &context, plaintext, iv: Some(iv) };
    // The iv is given, so the generator is not drawn from.
    seal(request, &mut rand::rng()).map_err(|_| SealFailed)
}

/// `trust-<id>`, else `trust-<code>`, else the platform's: the first the hub holds.
fn key_id(trust: &Trust, edition: &Edition, keys: &PayloadKeys) -> String {
    if edition.trust_payload_keys {
        let by_code = trust.code.as_ref().map(|code| format!("trust-{code}"));
        for kid in [Some(format!("trust-{}", trust.id)), by_code].into_iter().flatten() {
            if keys.key(&kid).is_some() {
                return kid;
            }
        }
    }
    SHARED_KID.to_owned()
}

const FOREIGN_KEY: [u8; KEY_BYTES] = [0x5a; KEY_BYTES];

//! What a registration hands out (hub 9).

use std::collections::BTreeSet;

use contract::key::Secret;
use contract::limits::KEY_CHARS;
use serde_json::Value;
use uuid::Uuid;

use super::Breach;

/// Whether the body of a 201 is a whole registration: identity, slot and two different keys.
pub fn judge(body: &Value) -> Option<Breach> {
    let text = |member: &str| body[member].as_str().unwrap_or_default();
    let id = Uuid::parse_str(text("id"));
    if !id.is_ok_and(|id| id.get_version_num() == 4) {
        return Some(Breach::new("a random UUID as id", format!("id {}", body["id"])));
    }
    let (slot, number) = (text("fl_kit_slot"), body["fl_kit_slot_number"].as_i64());
    if slot.is_empty() || number != Some(slot_number(slot)) {
        let expected = "a slot and its number".to_owned();
        return Some(Breach::new(expected, format!("slot {slot:?}, number {number:?}")));
    }
    let keys = [text("trust_api_key"), text("trust_internal_service_key")];
    for (name, key) in ["trust_api_key", "trust_internal_service_key"].iter().zip(keys) {
        if !is_key(key) {
            let expected = format!("{name} of {KEY_CHARS} URL-safe characters");
            let bad = key.chars().filter(|c| !is_key_char(*c)).count();
            let observed =
                format!("{} characters, {bad} of them not URL-safe", key.chars().count());
            return Some(Breach::new(expected, observed));
        }
    }
    if keys[0] == keys[1] {
        return Some(Breach::new("two different keys", "one key under both names"));
    }
    None
}

/// Whether ids, slots and keys of several registrations are all their own.
pub fn distinct(bodies: &[Value]) -> Option<Breach> {
    for member in ["id", "fl_kit_slot", "trust_api_key", "trust_internal_service_key"] {
        let values: BTreeSet<&str> =
            bodies.iter().filter_map(|body| body[member].as_str()).collect();
        if values.len() != bodies.len() {
            let expected = format!("{} different values of {member}", bodies.len());
            return Some(Breach::new(expected, format!("{} different ones", values.len())));
        }
    }
    None
}

/// The keys in a registration, by name; empty ones left out.
pub fn keys(body: &Value) -> Vec<(&'static str, Secret)> {
    ["trust_api_key", "trust_internal_service_key", "trust_aes_key"]
        .into_iter()
        .filter_map(|name| Some((name, Secret::new(body[name].as_str()?))))
        .collect()
}

/// The number of a slot: the digits after its last underscore, else the number of those without.
pub fn slot_number(slot: &str) -> i64 {
    let digits = slot.rsplit_once('_').map_or("", |(_, tail)| tail);
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = if all_digits { digits.parse().ok() } else { None };
    number.unwrap_or(contract::limits::SLOT_NUMBER_NONE)
}

fn is_key(text: &str) -> bool {
    text.chars().count() == KEY_CHARS && text.chars().all(is_key_char)
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> Value {
        json!({
            "id": "ab8cc1c0-3220-46ed-9af2-7276f3b9fa7f",
            "fl_kit_slot": "Trust_3",
            "fl_kit_slot_number": 3,
            "trust_api_key": "QQpQaTQx8W-Owpfuy5vH4V2AujnRX0SzBiiA89BuHCc",
            "trust_internal_service_key": "5JshtCM61vPeeL2yAJO3uo8_6EIMkA2DTUWgbxEUhOU",
        })
    }

    #[test]
    fn a_whole_registration_is_content() {
        assert_eq!(judge(&body()), None);
    }

    #[test]
    fn each_part_is_missed_when_wrong() {
        let wrong = [
            ("id", json!("ddc08a0b-2804-1903-b6bd-97aa1981d7b0")),
            ("fl_kit_slot", json!("")),
            ("fl_kit_slot_number", json!(4)),
            ("trust_api_key", json!("QQpQaTQx8W-Owpfuy5vH4V2AujnRX0Sz")),
            ("trust_internal_service_key", json!("QQpQaTQx8W+Owpfuy5vH4V2AujnRX0SzBiiA89BuHCc")),
            ("trust_internal_service_key", body()["trust_api_key"].clone()),
        ];
        for (member, value) in wrong {
            let mut body = body();
            body[member] = value;
            assert!(judge(&body).is_some(), "{member}");
        }
    }

    #[test]
    fn slot_numbers_are_read_from_the_tail() {
        assert_eq!(slot_number("Trust_007"), 7);
        assert_eq!(slot_number("Annex"), 10_000);
        assert_eq!(slot_number("Trust_x1"), 10_000);
    }

    #[test]
    fn a_value_dealt_twice_is_found() {
        assert!(distinct(&[body(), body()]).is_some());
        assert_eq!(distinct(&[body()]), None);
    }
}

//! The identity block that tells a trust who the hub takes it for (hub 3 to 5).

use serde_json::Value;

use super::Breach;
use crate::hub_stage::Seen;

/// Whether the reply owes an identity block: heartbeats, polls and results that were granted.
pub fn is_due(seen: &Seen) -> bool {
    seen.reply.status == 200
        && ["/heartbeat", "/pending", "/result"].iter().any(|end| seen.is_to(end))
}

/// Whether the block names the caller, given as id and name; without a caller it need only be there.
pub fn judge(body: &Value, caller: Option<(&str, &str)>) -> Option<Breach> {
    let (id, name) = (body["trust_id"].as_str(), body["trust_name"].as_str());
    let right = match caller {
        Some((caller_id, caller_name)) => id == Some(caller_id) && name == Some(caller_name),
        None => id.is_some() && name.is_some(),
    };
    if right {
        return None;
    }
    let expected = caller.map_or_else(
        || "trust_id and trust_name".to_owned(),
        |(id, name)| format!("trust_id {id} and trust_name {name:?}"),
    );
    Some(Breach::new(expected, format!("trust_id {id:?} and trust_name {name:?}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_block_must_name_the_caller() {
        let body = json!({"trust_id": "a", "trust_name": "Alpha", "tasks": []});
        assert_eq!(judge(&body, Some(("a", "Alpha"))), None);
        assert_eq!(judge(&body, None), None);
        assert!(judge(&body, Some(("b", "Alpha"))).is_some());
        assert!(judge(&json!({"trust_id": "a"}), None).is_some());
        assert!(judge(&json!([]), None).is_some());
    }
}

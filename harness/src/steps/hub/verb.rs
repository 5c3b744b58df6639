//! The registration verb of the hub's admin, run once and again (hub 9).

use serde_json::{Value, json};

use super::fact;
use crate::control::Registration;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::display_name;
use crate::oracle::hub::registration;
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"the registration verb is run for "(\w+)""# => verb,
    r"the verb ended with 0 and a kit with keys" => verb_with_keys,
    r#"the verb ended with 0 and the kit of "(\w+)" without keys"# => verb_without_keys,
    r#""(\w+)" and "(\w+)" hold different slots"# => different_slots,
];

async fn verb(world: &mut World, args: Args) -> Judged {
    let name = args.group(0);
    let body = json!({"name": display_name(name), "code": name.to_uppercase()});
    let hub = world.hub_stage().await?;
    let ended = hub.control()?.control.post("/control/verbs/register-trust", body).await?;
    let printed = printed(&ended);
    for (what, key) in registration::keys(&printed) {
        hub.keep_secret(&format!("{what} of {name}"), &key);
    }
    if printed["trust_api_key"].is_string() {
        hub.adopt(name, registered(&printed));
    }
    hub.verb = Some(ended);
    Ok(())
}

/// The one element of the list the verb prints.
fn printed(ended: &Value) -> Value {
    let stdout = ended["stdout"].as_str().unwrap_or_default();
    let list: Value = serde_json::from_str(stdout).unwrap_or_default();
    match list.as_array().map(Vec::as_slice) {
        Some([one]) => one.clone(),
        _ => Value::Null,
    }
}

fn registered(kit: &Value) -> Registration {
    let text = |member: &str| kit[member].as_str().unwrap_or_default().to_owned();
    Registration {
        id: text("id"),
        name: text("name"),
        slot: text("fl_kit_slot"),
        slot_number: kit["fl_kit_slot_number"].as_i64().unwrap_or_default(),
        trust_api_key: text("trust_api_key").into(),
        site_key: text("trust_internal_service_key").into(),
        hub_shared: std::collections::BTreeMap::new(),
    }
}

fn verb_ended(world: &World) -> Judged<Value> {
    let ended = world.hub()?.verb.clone();
    ended.ok_or_else(|| Stop::not_verified("no verb was run"))
}

async fn verb_with_keys(world: &mut World, _: Args) -> Judged {
    let ended = verb_ended(world)?;
    let keys = registration::keys(&printed(&ended)).len();
    let holds = ended["exit_code"] == 0 && keys >= 2;
    fact(world, holds, "exit code 0 and two keys", format!("{}, {keys} keys", ended["exit_code"]))
}

async fn verb_without_keys(world: &mut World, args: Args) -> Judged {
    let ended = verb_ended(world)?;
    let kit = printed(&ended);
    let known = world.hub()?.trust(args.group(0))?;
    let same = kit["id"] == known.id.as_str() && kit["fl_kit_slot"] == known.slot.as_str();
    let keys = registration::keys(&kit).len();
    let holds = ended["exit_code"] == 0 && same && keys == 0;
    let observed =
        format!("exit code {}, the same id and slot: {same}, {keys} keys", ended["exit_code"]);
    fact(world, holds, "exit code 0, the id and slot as they were, and no key", observed)
}

async fn different_slots(world: &mut World, args: Args) -> Judged {
    let hub = world.hub()?;
    let (one, other) = (&hub.trust(args.group(0))?.slot, &hub.trust(args.group(1))?.slot);
    let (holds, observed) = (one != other && !one.is_empty(), format!("{one} and {other}"));
    fact(world, holds, "a slot each", observed)
}

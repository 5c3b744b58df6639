//! FL credentials in front of a hub: we play FL clients of one provisioning and of several.

use std::time::{Duration, Instant};

use contract::key::Secret;
use serde_json::json;

use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::steps;
use crate::watch::{FlStartup, Member};
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"FL credentials are provisioned for "(\w+)"(?: and "(\w+)")?"# => provisioned,
    r#""(\w+)" is added to the provisioning"# => added,
    r"all FL credentials are provisioned anew" => renewed,
    r#""(\w+)" gets its FL kit of the new provisioning"# => added_again,
    r#""(\w+)" joins the FL server(?: with its (former|present) credentials)?"# => joins,
    r#""(\w+)" cannot join the FL server with (its former credentials|the former certificate and the present CA|the credentials of "\w+")"# => cannot_join,
    r#""(\w+)" is still joined"# => still_joined,
    r#""(\w+)" is cut off"# => cut_off,
];

async fn provisioned(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_stage().await?;
    if hub.hub.fl_addr.is_none() {
        return Err(Stop::not_applicable("this hub shows no FL endpoint"));
    }
    let on = json!({"mutual": true});
    hub.control()?.control.put("/control/fl-provisioning", on).await?;
    for at in 0..2 {
        if !args.group(at).is_empty() {
            issue(world, args.group(at)).await?;
        }
    }
    Ok(())
}

async fn added(world: &mut World, args: Args) -> Judged {
    issue(world, args.group(0)).await
}

async fn added_again(world: &mut World, args: Args) -> Judged {
    issue(world, args.group(0)).await
}

async fn issue(world: &mut World, name: &str) -> Judged {
    let hub = world.hub_mut()?;
    let slot = hub.trust(name)?.slot.clone();
    let kit = hub.control()?.control.post("/control/fl-kits", json!({"slot": slot})).await?;
    let text = |member: &str| kit[member].as_str().unwrap_or_default().to_owned();
    let startup = FlStartup {
        root_ca_pem: text("root_ca_pem"),
        client_crt_pem: text("client_crt_pem"),
        client_key_pem: Secret::new(text("client_key_pem")),
    };
    hub.keep_secret(&format!("FL_CLIENT_KEY of {slot}"), &startup.client_key_pem);
    if let Some(former) = hub.fl_kits.insert(name.to_owned(), startup) {
        hub.fl_kits.insert(former_name(name), former);
    }
    Ok(())
}

async fn renewed(world: &mut World, _: Args) -> Judged {
    let control = world.hub()?.control()?;
    control.control.put("/control/fl-provisioning", json!({"renew": true})).await?;
    Ok(())
}

async fn joins(world: &mut World, args: Args) -> Judged {
    let name = args.group(0).to_owned();
    let kit = if args.group(1) == "former" {
        kit(world, &former_name(&name))?
    } else {
        kit(world, &name)?
    };
    // A server that takes up new credentials may drop a connection meanwhile; clients try again.
    let begun = Instant::now();
    loop {
        match attempt(world, &name, &kit).await? {
            Ok(member) => {
                world.hub_mut()?.fl_members.insert(name, member);
                return Ok(());
            }
            Err(reason) if begun.elapsed() > ANSWER / 2 => {
                return Err(world.broken(format!("{name} joined"), reason).into());
            }
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn cannot_join(world: &mut World, args: Args) -> Judged {
    let name = args.group(0).to_owned();
    let kit = match args.group(1) {
        "its former credentials" => kit(world, &former_name(&name))?,
        "the former certificate and the present CA" => {
            let (former, present) = (kit(world, &former_name(&name))?, kit(world, &name)?);
            FlStartup { root_ca_pem: present.root_ca_pem, ..former }
        }
        other => {
            let owner = other.split('"').nth(1).unwrap_or_default();
            kit(world, owner)?
        }
    };
    if attempt(world, &name, &kit).await?.is_err() {
        return Ok(());
    }
    let expected = format!("{name} refused with {}", args.group(1));
    Err(world.broken(expected, "it joined").into())
}

async fn still_joined(world: &mut World, args: Args) -> Judged {
    if is_joined(world, args.group(0)).await? {
        return Ok(());
    }
    Err(world.broken(format!("{} on its connection", args.group(0)), "it was cut off").into())
}

async fn cut_off(world: &mut World, args: Args) -> Judged {
    if !is_joined(world, args.group(0)).await? {
        return Ok(());
    }
    Err(world.broken(format!("{} cut off", args.group(0)), "it is still joined").into())
}

async fn is_joined(world: &mut World, name: &str) -> Judged<bool> {
    let member = world.hub_mut()?.fl_members.get_mut(name);
    let member = member.ok_or_else(|| Stop::not_verified(format!("{name} has not joined")))?;
    Ok(member.is_joined().await)
}

fn kit(world: &World, name: &str) -> Judged<FlStartup> {
    let kit = world.hub()?.fl_kits.get(name).cloned();
    kit.ok_or_else(|| Stop::not_verified(format!("{name} has no FL kit in this scenario")))
}

async fn attempt(world: &World, name: &str, kit: &FlStartup) -> Judged<Result<Member, String>> {
    let hub = world.hub()?;
    let to = hub.hub.fl_addr.ok_or_else(|| Stop::not_applicable("no FL endpoint"))?;
    Ok(Member::join(to, &hub.trust(name)?.slot, kit, ANSWER).await)
}

fn former_name(name: &str) -> String {
    format!("former {name}")
}

const ANSWER: Duration = Duration::from_secs(10);

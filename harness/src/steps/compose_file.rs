//! What a site's compose file promises by itself.

use contract::catalogue::{self, Level};

use crate::engine::{Args, StepRow};
use crate::finding::{Finding, Judged, Stop};
use crate::site_check::{Check, SiteOutcome};
use crate::steps;
use crate::target::Capability;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the site's compose file" => there,
    r#"it keeps the promise "(compose\.[a-z-]+)""# => keeps,
];

async fn there(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Compose)?;
    promises(world).map(drop)
}

async fn keeps(world: &mut World, args: Args) -> Judged {
    let id = args.group(0);
    let check = promises(world)?.iter().find(|check| check.id == id).cloned();
    judge(&check.ok_or_else(|| Stop::not_verified(format!("nobody judges {id}")))?)
}

fn promises(world: &World) -> Judged<&[Check]> {
    let promises = world.trust_target()?.promises();
    promises.ok_or_else(|| Stop::not_applicable("the target comes from no compose file"))
}

/// A warning breaks a SHOULD, which is a warning itself. Under a MUST it says that the clause holds in
/// a way that will hurt: the run is content, and whoever wants every word asks preflight.
fn judge(check: &Check) -> Judged {
    let must = catalogue::find(check.requirement).is_none_or(|row| row.level == Level::Must);
    match check.outcome {
        SiteOutcome::Ok => Ok(()),
        SiteOutcome::Warn if must => Ok(()),
        SiteOutcome::Warn | SiteOutcome::Fail => {
            let fix = check.fix.clone().unwrap_or_default();
            let finding = Finding::new(check.requirement, &fix, &check.message);
            Err(finding.shown_by([format!("{}: {}", check.owner.words(), fix)]).into())
        }
        SiteOutcome::NotApplicable => Err(Stop::not_applicable(&check.message)),
        SiteOutcome::NotVerified => Err(Stop::not_verified(&check.message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site_check::Owner;

    fn judged(outcome: SiteOutcome, requirement: &'static str) -> Judged {
        judge(&Check {
            id: "compose.x",
            group: "compose",
            outcome,
            owner: Owner::TrustOperator,
            message: "seen".to_owned(),
            fix: Some("do".to_owned()),
            requirement,
        })
    }

    #[test]
    fn every_outcome_of_a_check_has_its_own_way_to_end_a_step() {
        let (must, should) = ("NET-INBOUND-01", "HOST-IMAGE-01");
        assert_eq!(judged(SiteOutcome::Ok, must), Ok(()));
        assert_eq!(judged(SiteOutcome::Warn, must), Ok(()));
        assert!(matches!(judged(SiteOutcome::Warn, should), Err(Stop::Broken(_))));
        assert!(matches!(judged(SiteOutcome::Fail, must), Err(Stop::Broken(_))));
        assert!(matches!(judged(SiteOutcome::NotVerified, must), Err(Stop::NotVerified(_))));
        assert!(matches!(judged(SiteOutcome::NotApplicable, must), Err(Stop::NotApplicable(_))));
    }
}

//! The habits of the moment: the conduct, and the faults armed over it.

use std::fmt;

use wiretap::{Family, FaultBook};

use super::Habits;
use crate::faults::ALL;

/// Where every handler asks how to behave. Clones share the fault book.
#[derive(Clone)]
pub struct Manners {
    standing: Habits,
    armed: FaultBook,
}

/// How to behave for one request.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The habits.
    pub habits: Habits,
    /// The armed fault that shaped them last, for the record.
    pub fault: Option<&'static str>,
}

impl Manners {
    /// Habits that stand for good, and a book whose semantic faults change them for a while.
    pub fn new(standing: Habits, armed: FaultBook) -> Self {
        Self { standing, armed }
    }

    /// The habits without any armed fault.
    pub fn standing(&self) -> &Habits {
        &self.standing
    }

    /// Whether any semantic fault is armed.
    pub fn are_disturbed(&self) -> bool {
        self.armed.is_armed(Family::Semantic)
    }

    /// The habits for a request on a route, or at a moment that is no request
    /// ([`crate::faults::routes`]), for a trust where one is known. Uses up one of each `next`.
    pub fn at(&self, route: &str, trust_id: Option<&str>) -> Moment {
        let mut moment = Moment { habits: self.standing, fault: None };
        if !self.are_disturbed() {
            return moment;
        }
        for fault in ALL.iter().filter(|fault| fault.routes.contains(&route)) {
            if self.armed.take(fault.name, route, trust_id).is_some() {
                (fault.apply)(&mut moment.habits);
                moment.fault = Some(fault.name);
            }
        }
        moment
    }

    /// [`Manners::at`] without regard to a trust.
    pub fn habits_at(&self, route: &str) -> Habits {
        self.at(route, None).habits
    }
}

impl fmt::Debug for Manners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manners").field("standing", &self.standing).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;
    use wiretap::{FaultNames, FaultOrder};

    use super::*;
    use crate::faults::{names, routes};
    use crate::habits::Conduct;

    #[test]
    fn an_armed_fault_shows_where_it_belongs_and_as_often_as_told() {
        let faults = FaultNames { semantic: names(), routes: routes::NAMES.to_vec() };
        let book = FaultBook::new(1, faults);
        let order = FaultOrder { next: Some(1), ..FaultOrder::named("loses-result") };
        book.arm(order).expect("the name is known");
        let manners = Manners::new(Conduct::Ideal.habits(EditionId::DEFAULT.row()), book);
        assert_eq!(manners.at(routes::HEARTBEAT_ROUTE, None).fault, None);
        let moment = manners.at(routes::RESULT_ROUTE, None);
        assert_eq!(moment.fault, Some("loses-result"));
        assert!(moment.habits.tasks.store_report.broken());
        assert_eq!(manners.at(routes::RESULT_ROUTE, None).fault, None);
    }
}

//! The armed faults, and which of them happen now.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::{
    ArmError, FaultId, FaultOrder, Standing, TRANSPORT, TransportFault, TransportFaultRow,
};

/// Armed faults of one mock. Clones share it. While nothing is armed a question costs one atomic load.
#[derive(Clone)]
pub struct FaultBook(Arc<Inner>);

struct Inner {
    names: FaultNames,
    armed: [AtomicBool; 2],
    state: Mutex<State>,
}

/// The names an owner adds to the transport faults.
#[derive(Clone, Debug, Default)]
pub struct FaultNames {
    /// Its semantic faults.
    pub semantic: Vec<&'static str>,
    /// Its routes; with none any route is taken.
    pub routes: Vec<&'static str>,
}

/// Who carries a fault out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The listener.
    Transport,
    /// The owner's handlers.
    Semantic,
}

/// A fault that happens now.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Number of the armed fault.
    pub id: FaultId,
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its params.
    pub params: Arc<Map<String, Value>>,
    /// Cancelled when the fault is removed.
    pub released: CancellationToken,
    /// The transport fault; `None` for a semantic one.
    pub transport: Option<Arc<TransportFault>>,
}

struct State {
    rows: Vec<Row>,
    rng: StdRng,
    last_number: u64,
}

struct Row {
    hit: Hit,
    order: FaultOrder,
    hits: u64,
}

impl FaultBook {
    /// An empty book. `seed` decides when faults with a probability happen.
    pub fn new(seed: u64, names: FaultNames) -> Self {
        let rng = StdRng::seed_from_u64(seed);
        let state = State { rows: Vec::new(), rng, last_number: 0 };
        let armed = [AtomicBool::new(false), AtomicBool::new(false)];
        Self(Arc::new(Inner { names, armed, state: Mutex::new(state) }))
    }

    /// Arms a fault. Underscores in the name count as hyphens.
    pub fn arm(&self, order: FaultOrder) -> Result<FaultId, ArmError> {
        let order = FaultOrder { name: order.name.replace('_', "-"), ..order };
        if order.next == Some(0) {
            return Err(ArmError::Never);
        }
        if order.probability.is_some_and(|p| !(p > 0.0 && p <= 1.0)) {
            return Err(ArmError::Probability);
        }
        self.check_route(order.route.as_deref())?;
        let (name, transport) = self.known(&order)?;

        let mut state = self.0.state.lock();
        state.make_room()?;
        state.last_number += 1;
        let id = FaultId::numbered(state.last_number);
        let hit = Hit {
            id: id.clone(),
            name: Cow::Borrowed(name),
            params: Arc::new(order.params.clone()),
            released: CancellationToken::new(),
            transport: transport.map(Arc::new),
        };
        state.rows.push(Row { hit, order, hits: 0 });
        self.mark(&state);
        Ok(id)
    }

    /// Removes a fault and releases the requests that hang in it; false when there is none.
    pub fn disarm(&self, id: &FaultId) -> bool {
        let mut state = self.0.state.lock();
        let Some(index) = state.rows.iter().position(|row| row.hit.id == *id) else {
            return false;
        };
        state.rows.remove(index).hit.released.cancel();
        self.mark(&state);
        true
    }

    /// Removes every fault, as [`FaultBook::disarm`] does; says how many.
    pub fn clear(&self) -> usize {
        let mut state = self.0.state.lock();
        let rows = std::mem::take(&mut state.rows);
        self.mark(&state);
        drop(state);
        for row in &rows {
            row.hit.released.cancel();
        }
        rows.len()
    }

    /// Every fault as it stands, in the order of arming.
    pub fn standing(&self) -> Vec<Standing> {
        let state = self.0.state.lock();
        let standing = |row: &Row| Standing {
            id: row.hit.id.clone(),
            order: row.order.clone(),
            hits: row.hits,
        };
        state.rows.iter().map(standing).collect()
    }

    /// Whether any fault of the family could happen.
    pub fn is_armed(&self, family: Family) -> bool {
        self.0.armed[family as usize].load(Ordering::Acquire)
    }

    /// The faults of the family that happen now on this route to this trust, in the order of arming.
    /// Asking uses up one of each `next`.
    pub fn matching(&self, family: Family, route: &str, trust_id: Option<&str>) -> Vec<Hit> {
        self.hits(family, route, trust_id, |_| true)
    }

    /// The semantic fault of that name, if it happens now. Other faults' `next` are left alone, so ask
    /// where the misbehaviour would show.
    pub fn take(&self, name: &str, route: &str, trust_id: Option<&str>) -> Option<Hit> {
        self.hits(Family::Semantic, route, trust_id, |known| known == name).into_iter().next()
    }

    fn hits(
        &self,
        family: Family,
        route: &str,
        trust_id: Option<&str>,
        wanted: impl Fn(&str) -> bool,
    ) -> Vec<Hit> {
        if !self.is_armed(family) {
            return Vec::new();
        }
        let mut state = self.0.state.lock();
        let State { rows, rng, .. } = &mut *state;
        let mut hits = Vec::new();
        for row in rows.iter_mut().filter(|row| {
            row.family() == family && wanted(&row.hit.name) && row.is_for(route, trust_id)
        }) {
            if row.order.probability.is_some_and(|p| !rng.random_bool(p)) {
                continue;
            }
            row.order.next = row.order.next.map(|next| next - 1);
            row.hits += 1;
            hits.push(row.hit.clone());
        }
        if !hits.is_empty() {
            self.mark(&state);
        }
        hits
    }

    fn mark(&self, state: &State) {
        for family in [Family::Transport, Family::Semantic] {
            let armed = state.rows.iter().any(|row| row.family() == family && row.is_live());
            self.0.armed[family as usize].store(armed, Ordering::Release);
        }
    }

    fn check_route(&self, route: Option<&str>) -> Result<(), ArmError> {
        let routes = &self.0.names.routes;
        let Some(route) = route.filter(|route| !routes.is_empty() && !routes.contains(route))
        else {
            return Ok(());
        };
        let hint = nearest(route, routes).map_or_else(
            || format!("the routes are {}", routes.join(", ")),
            |near| format!("did you mean {near}?"),
        );
        Err(ArmError::UnknownRoute { route: route.to_owned(), hint })
    }

    fn known(
        &self,
        order: &FaultOrder,
    ) -> Result<(&'static str, Option<TransportFault>), ArmError> {
        if let Some(row) = TRANSPORT.iter().find(|row| row.name == order.name) {
            return Ok((row.name, Some(read_params(row, order)?)));
        }
        let semantic = &self.0.names.semantic;
        if let Some(name) = semantic.iter().find(|name| **name == order.name) {
            return Ok((name, None));
        }
        let mut names: Vec<&str> = TRANSPORT.iter().map(|row| row.name).collect();
        names.extend(semantic);
        let hint = nearest(&order.name, &names).map_or_else(
            || format!("the transport faults are {}", names[..TRANSPORT.len()].join(", ")),
            |near| format!("did you mean {near}?"),
        );
        Err(ArmError::UnknownName { name: order.name.clone(), hint })
    }
}

impl State {
    /// A full book forgets its oldest spent fault.
    fn make_room(&mut self) -> Result<(), ArmError> {
        if self.rows.len() < ROWS_MAX {
            return Ok(());
        }
        let spent = self.rows.iter().position(|row| !row.is_live());
        let index = spent.ok_or(ArmError::Full { max: ROWS_MAX })?;
        self.rows.remove(index).hit.released.cancel();
        Ok(())
    }
}

impl Row {
    fn family(&self) -> Family {
        if self.hit.transport.is_some() { Family::Transport } else { Family::Semantic }
    }

    fn is_live(&self) -> bool {
        self.order.next != Some(0)
    }

    fn is_for(&self, route: &str, trust_id: Option<&str>) -> bool {
        self.is_live()
            && self.order.route.as_deref().is_none_or(|wanted| wanted == route)
            && self.order.trust_id.as_deref().is_none_or(|wanted| Some(wanted) == trust_id)
    }
}

fn read_params(row: &TransportFaultRow, order: &FaultOrder) -> Result<TransportFault, ArmError> {
    let params = Value::Object(order.params.clone());
    row.read(params).map_err(|error| ArmError::Params {
        name: row.name,
        reason: error.to_string(),
        example: row.example,
    })
}

fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let scored = known.iter().map(|known| (strsim::jaro_winkler(name, known), *known));
    scored.filter(|(score, _)| *score > NEAR).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, n)| n)
}

const ROWS_MAX: usize = 1024;
const NEAR: f64 = 0.8;

//! The routes of the hub's own part.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, delete, get, post, put};

use super::{
    Context, admin, clock, fl, fl_kits, kept, keys, models, projects, queries, settings, tasks,
    training, trusts, verbs,
};

/// A path and what answers there.
pub type Route = (&'static str, fn() -> MethodRouter<Context>);

/// Every route. The OpenAPI document describes exactly these.
pub const ROUTES: &[Route] = &[
    ("/control/status", || get(admin::status)),
    ("/control/deviations", || get(admin::deviations)),
    ("/control/snapshot", || get(admin::snapshot)),
    ("/control/reset", || post(admin::reset)),
    ("/control/trusts", || get(trusts::list).post(trusts::register)),
    ("/control/verbs/register-trust", || post(verbs::register_trust)),
    ("/control/trusts/{id}", || delete(trusts::delete)),
    ("/control/trusts/{id}/rotate", || post(trusts::rotate)),
    ("/control/tasks", || get(tasks::list).post(tasks::queue)),
    ("/control/tasks/{id}", || get(tasks::show)),
    ("/control/tasks/{id}/cancel", || post(tasks::cancel)),
    ("/control/queries", || post(queries::create)),
    ("/control/queries/{id}", || get(queries::show)),
    ("/control/projects", || post(projects::approve)),
    ("/control/models", || post(models::create)),
    ("/control/models/{id}", || get(models::show)),
    ("/control/keys/aes", || put(keys::put_aes)),
    ("/control/keys/internal", || put(keys::put_internal)),
    ("/control/tokens", || put(keys::put_token)),
    ("/control/clock", || get(clock::show).put(clock::change)),
    ("/control/recover", || post(clock::recover)),
    ("/control/limits", || put(settings::put_limits)),
    ("/control/settings", || get(settings::show).put(settings::change)),
    ("/control/allow-list", || get(fl::show).put(fl::replace)),
    ("/control/allow-list/add", || post(fl::add)),
    ("/control/listeners/fl", || post(fl::presence)),
    ("/control/fl-clients", || get(fl::clients)),
    ("/control/fl-provisioning", || get(fl_kits::show).put(fl_kits::change)),
    ("/control/fl-kits", || post(fl_kits::issue)),
    ("/control/training", || post(training::run)),
];

/// The hub's own routes, to be merged with the shared ones.
pub fn router(context: Context) -> Router {
    let mount = |router: Router<Context>, (path, methods): &Route| router.route(path, methods());
    ROUTES
        .iter()
        .fold(Router::new(), mount)
        .layer(from_fn_with_state(context.clone(), kept::keep))
        .with_state(context)
}

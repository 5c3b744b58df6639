//! The matrix for people: on a terminal, in a summary, on a page.

mod gate;
mod html;
mod human;
mod letters;
mod markdown;
mod order;

pub use gate::gate;
pub use html::html;
pub use human::human;
pub use markdown::markdown;
pub use order::{order, plans};

//! Reports, each made from the event stream alone, also from half of one.
//!
//! [`Tape`] folds events into a [`RunRecord`]; every [`Format`] prints a record; [`deliver`] puts it
//! where a [`ReportSpec`] says, after [`Guard`] has masked secrets. The event stream itself is
//! written by [`Ledger`] as it happens.

mod delivery;
mod diagnosis;
mod format;
mod guard;
mod human;
mod json;
mod junit;
mod ledger;
mod markdown;
mod masked;
mod merge;
mod ndjson;
mod palette;
mod plain_text;
mod record;
mod secret_index;
mod spec;
mod tally;
mod tap;
mod tape;

pub use delivery::{DeliveryError, can_place, deliver, place};
pub use diagnosis::person;
pub use format::{Content, FORMATS, Format, Options, format_named};
pub use guard::{Guard, Refused};
pub use ledger::{Ledger, new_file};
pub use merge::MergeError;
pub use palette::Palette;
pub(crate) use plain_text::wrapped;
pub use record::RunRecord;
pub use spec::{Destination, ReportSpec, SpecError};
pub use tally::tally;
pub use tape::{Tape, TapeError};

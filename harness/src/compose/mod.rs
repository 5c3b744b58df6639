//! A site's own compose file: what it promises, and its stack beside a federation of ours.
//!
//! The file is read as it is written and judged as it comes out with a kit's values; what only the
//! installed tool can resolve is asked of the tool. Nothing here writes into the site's folder.

pub mod checks;
mod file;
mod over;
mod tool;
mod values;
mod yaml;

pub use checks::{Around, ROWS, SiteFile, judge_file};
pub use file::{ComposeFile, FileError, Mount, Network, Port, Service, Text};
pub use over::{Override, Stand};
pub use tool::{Call, ComposeError, ComposeTool, Generation};
pub use values::{expand, sample_values};

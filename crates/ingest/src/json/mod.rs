//! Reading JSON without making a tree of it: where values end, and only the values that matter.

mod cursor;
mod scan;
mod text;

pub(crate) use cursor::{Cursor, member, members, number_us};
pub(crate) use scan::{scan, skip_blanks, string_end, value_end};
pub(crate) use text::text;

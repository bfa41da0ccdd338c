//! Own widgets. They show what they are given.

mod copy;
pub mod el;
pub mod format;
pub mod icons;
mod known;
mod menu;
mod outcome;
mod styled;
mod virtual_list;

pub use copy::{copy_button, copy_text};
pub use icons::icon;
pub use known::{known, metric};
pub use menu::menu;
pub use outcome::{WORDS, outcome_bar, outcome_mark};
pub use styled::{plain, size, styled};
pub use virtual_list::{Align, ListState, row_id, virtual_list};

//! Own widgets. They show what they are given.

mod buttons;
mod copy;
pub mod el;
pub mod format;
mod help;
mod icons;
mod known;
mod menu;
mod messages;
mod outcome;
mod progress;
mod styled;
mod top_bar;
mod virtual_list;

pub use buttons::{file_input, open_buttons};
pub use copy::{copy_button, copy_text};
pub use help::help;
pub use icons::icon;
pub use known::{known, metric};
pub use menu::menu;
pub use messages::messages;
pub use outcome::{WORDS, outcome_bar, outcome_mark};
pub use progress::progress_bar;
pub use styled::{plain, size, styled};
pub use top_bar::top_bar;
pub use virtual_list::{Align, ListState, row_id, virtual_list};

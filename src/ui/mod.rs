//! The page's own widgets, beside those that all pages share.

mod buttons;
mod help;
mod messages;
mod progress;
mod top_bar;

pub use buttons::{file_input, open_buttons};
pub use help::help;
pub use lanescope_ui::ui::*;
pub use messages::messages;
pub use progress::progress_bar;
pub use top_bar::top_bar;

//! Own widgets. They show what they are given.

mod buttons;
mod copy;
mod copy_button;
pub mod format;
mod help;
mod icons;
mod known;
mod messages;
mod outcome;
mod progress;
mod styled;
mod top_bar;
mod virtual_list;

pub use buttons::OpenButtons;
pub use copy::CopyText;
pub use copy_button::CopyButton;
pub use help::Help;
pub use icons::Icon;
pub use known::{Known, Metric};
pub use messages::Messages;
pub use outcome::{OutcomeBar, OutcomeMark, WORDS};
pub use progress::ProgressBar;
pub use styled::{Styled, plain, size};
pub use top_bar::TopBar;
pub use virtual_list::{Align, ListState, VirtualList, row_id};

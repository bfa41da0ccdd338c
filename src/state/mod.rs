//! What is loaded, selected and shown.

mod app;

pub use app::{App, Phase, Toast};
pub use lanescope_ui::state::*;

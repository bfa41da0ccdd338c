//! What is loaded, selected and shown, and its codec to and from the fragment.

mod app;
pub mod number;
mod route;
mod theme;

pub use app::{App, Phase, Toast};
pub use route::{Route, View};
pub use theme::Theme;

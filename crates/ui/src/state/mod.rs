//! What is selected and shown, and its codec to and from the fragment.

mod by_id;
pub mod number;
mod route;
mod theme;

pub use by_id::ById;
pub use route::{Route, View};
pub use theme::Theme;

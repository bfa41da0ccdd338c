//! What is around the shelf: the page that shows it, and its worker.

pub mod desk;
pub mod kept;

pub use lanescope_ui::satellite::bridge;

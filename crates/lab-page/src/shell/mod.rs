//! What is around the laboratory: the page that shows it, and its worker.

pub mod desk;

pub use lanescope_ui::satellite::bridge;

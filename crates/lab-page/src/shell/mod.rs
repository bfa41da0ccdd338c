//! What is around the laboratory: the page that shows it, and its worker.

pub mod bridge;
pub mod desk;
pub mod feed;

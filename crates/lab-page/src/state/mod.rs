//! What is loaded and shown.

/// Everything shared by the laboratory's views.
pub type Lab = lanescope_ui::satellite::Shared;

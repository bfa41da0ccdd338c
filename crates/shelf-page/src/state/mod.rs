//! What is loaded and shown.

/// Everything shared by the shelf's views.
pub type Shelf = lanescope_ui::satellite::Shared;

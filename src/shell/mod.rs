//! All of the browser that is not drawing: worker, files, drop, paste, fetch, address, messages from other pages.

pub mod address;
pub mod client;
pub mod clipboard;
pub mod fetch;
pub mod files;
pub mod keys;
pub mod open;
pub mod peer;
pub mod satellite;

pub use lanescope_ui::shell::*;

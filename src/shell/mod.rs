//! All of the browser that is not drawing: worker, files, drop, paste, fetch, address, messages from other pages.

pub mod address;
pub mod client;
pub mod clipboard;
pub mod dom;
pub mod fetch;
pub mod files;
pub mod keys;
pub mod marks;
pub mod open;
pub mod panic;
pub mod peer;
pub mod save;
pub mod storage;

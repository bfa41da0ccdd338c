//! The browser: the document, files to save, what is kept, a crash that is shown.

pub mod dom;
pub mod marks;
pub mod panic;
pub mod save;
pub mod storage;

/// Build of this page.
pub const BUILD: &str = match option_env!("LANESCOPE_BUILD") {
    Some(build) => build,
    None => "dev",
};

//! What this browser remembers without being asked: the theme. Runs are stored by the library alone, once the user has
//! turned it on; that this was done is remembered here.

use crate::shell::dom;
use crate::state::Theme;

const KEY: &str = "lanescope.theme";
const LIBRARY: &str = "lanescope.library";

/// The theme chosen in an earlier visit.
pub fn theme() -> Theme {
    let storage = dom::window().local_storage().ok().flatten();
    Theme::parse(&storage.and_then(|s| s.get_item(KEY).ok().flatten()).unwrap_or_default())
}

/// Remembers the theme, if the browser lets us.
pub fn set_theme(theme: Theme) {
    if let Ok(Some(storage)) = dom::window().local_storage() {
        let _ = storage.set_item(KEY, theme.as_str());
    }
}

/// Whether opened runs are kept; `None` if the user never said so.
pub fn library() -> Option<bool> {
    let storage = dom::window().local_storage().ok().flatten()?;
    storage.get_item(LIBRARY).ok().flatten().map(|value| value == "on")
}

/// Remembers whether opened runs are to be kept, if the browser lets us.
pub fn set_library(on: bool) {
    if let Ok(Some(storage)) = dom::window().local_storage() {
        let _ = storage.set_item(LIBRARY, if on { "on" } else { "off" });
    }
}

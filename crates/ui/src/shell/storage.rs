//! The one thing that this browser remembers: the theme. Nothing of any run is stored.

use crate::shell::dom;
use crate::state::Theme;

const KEY: &str = "lanescope.theme";

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

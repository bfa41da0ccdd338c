//! The frame around the views: header, messages, and the view that the address names.

use std::time::Duration;

use leptos::mount::mount_to_body;
use leptos::prelude::*;
use web_sys::Event;

use crate::charts::theme;
use crate::pages::{open, overview, satellite, tests, timeline};
use crate::shell::satellite::{KEEP, LAB, SHELF};
use crate::shell::{self, dom, peer, storage};
use crate::state::{App, Phase, View};
use crate::ui::el::{El, div, el, later, live, when};
use crate::ui::{help, messages, progress_bar, top_bar};

/// Starts the page.
pub fn start() {
    shell::panic::show_panics();
    mount_to_body(page);
}

/// The whole page: leptos mounts it, and owns what it follows.
fn page() -> impl IntoView {
    let app = App::new(shell::address::current(), storage::theme());
    shell::open::start(app);
    shell::address::follow(app);
    shell::files::take_drops(app);
    shell::files::watch_repaint(app);
    shell::clipboard::take_pastes(app);
    shell::keys::listen(app);
    peer::listen(app);
    shell::satellite::tell(app);
    later(move || {
        if let Some(root) = dom::root() {
            let _ = root.set_attribute("data-state", app.phase.with(Phase::as_str));
            let _ = root.set_attribute("data-theme", app.theme.get().as_str());
        }
    });
    later(move || {
        app.theme.track();
        app.repaint.update(|n| *n += 1);
    });
    later(move || {
        let label = app.overview.with(|o| o.as_ref().map(|o| o.run.label.clone()));
        dom::document().set_title(&label.map_or("Lanescope".to_owned(), |label| format!("{label} · Lanescope")));
    });
    later(move || {
        if matches!(app.phase.get(), Phase::Loading(_)) {
            // Read while nothing on the page is new: the first drawing would have the styles worked out for it.
            let _ = theme::palette(app.repaint.get_untracked());
        }
    });
    shell::open::named(app);
    // In a task of its own: workers and listeners come first, and starting both would hold the page up.
    let turn = RwSignal::new(false);
    set_timeout(move || turn.set(true), Duration::ZERO);
    div("frame").with(live(move || turn.get().then(|| untrack(|| frame(app))))).view()
}

/// The header, and what lies under it.
fn frame(app: App) -> (El, El, El) {
    // The fragment is the address; a jump must not change it.
    let skip = el("a", "skip").attr("href", "#main").on("click", |event: Event| {
        event.prevent_default();
        shell::keys::focus("main");
    });
    (skip.with("Skip to the view"), top_bar(app), rest(app))
}

/// What lies under the header.
fn rest(app: App) -> El {
    let view = Memo::new(move |_| {
        app.route.with(|route| match route.view {
            // A satellite goes from one of its views to another by itself.
            View::Lab(_) => View::Lab(""),
            View::Shelf(_) => View::Shelf(""),
            view => view,
        })
    });
    let name = move || app.route.with(|route| route.view.as_str());
    let shown = Memo::new(move |_| app.overview.with(Option::is_some));
    let main = el("main", "").attr("id", "main").attr("tabindex", "-1");
    let main = main.live_attr("data-view", name);
    let main = main.with(live(move || match (shown.get(), view.get()) {
        (_, View::Shelf(_)) => satellite::satellite_page(app, &SHELF),
        (false, _) => open::open_page(app),
        (true, View::Lab(_)) => satellite::satellite_page(app, &LAB),
        (true, View::Overview) => overview::overview_page(app),
        (true, View::Timeline) => timeline::timeline_page(app),
        (true, View::Tests) => tests::tests_page(app),
    }));
    let veil = || div("drop-veil").attr("aria-hidden", "true").with(el("p", "").with("Drop to open"));
    let dragging = when(move || app.dragging.get(), veil);
    let keeps = move || storage::library() == Some(true) && app.runs.with(|runs| !runs.is_empty());
    let keep = when(keeps, move || {
        let place = div("");
        shell::satellite::show(app, &SHELF, KEEP, place.as_node());
        place
    });
    div("under-bar").with((progress_bar(app), messages(app), main, dragging, help(app), keep))
}

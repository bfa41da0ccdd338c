//! The header: name, run, views, ways in.

use leptos::prelude::*;
use web_sys::Event;

use crate::shell::{open, storage};
use crate::state::number;
use crate::state::{App, Theme, View};
use crate::ui::el::{El, button, el, later, live, span, svg, when};
use crate::ui::{file_input, format, icon};

/// The header.
pub fn top_bar(app: App) -> El {
    let loaded = Memo::new(move |_| app.runs.with(|runs| !runs.is_empty()));
    let view_now = Memo::new(move |_| app.route.with(|route| route.view));
    // The shelf has something to show also where no run is loaded, and there must be a way from it.
    let ways_on = Memo::new(move |_| loaded.get() || matches!(view_now.get(), View::Shelf(_)));
    let tab = move |view: View| {
        let name = match view {
            View::Overview => "Overview",
            View::Timeline => "Timeline",
            View::Lab("speedup") => "Speedup",
            View::Lab("flaky") => "Flaky",
            View::Lab(_) => "Compare",
            View::Shelf("files") => "Files",
            View::Shelf("share") => "Share",
            View::Shelf("coverage") => "Coverage",
            View::Shelf(_) => "Benchmarks",
            View::Tests => "Tests",
        };
        let press = button("tab", move || app.go(|route| route.view = view)).attr("data-tab", view.as_str());
        press.live_attr("aria-current", move || (view_now.get() == view).then_some("page")).with(name)
    };
    // Some are there only where the files have something for them, or an address names them.
    let tabs = move || {
        let (always, sometimes) = View::TABS.split_at(View::SOMETIMES);
        let there = sometimes.iter().filter(|&&view| has(app, view) || view_now.get() == view);
        always.iter().chain(there).map(|&view| tab(view)).collect::<Vec<_>>()
    };
    // On a narrow screen the tabs are wider than the bar.
    later(move || {
        view_now.track();
        ways_on.track();
        let tab = crate::shell::dom::document().query_selector(".tab[aria-current]").ok().flatten();
        if let Some(tab) = tab {
            let how = web_sys::ScrollIntoViewOptions::new();
            how.set_block(web_sys::ScrollLogicalPosition::Nearest);
            how.set_inline(web_sys::ScrollLogicalPosition::Nearest);
            tab.scroll_into_view_with_scroll_into_view_options(&how);
        }
    });
    let theme_icon = move || match app.theme.get() {
        Theme::System => icon("auto"),
        Theme::Light => icon("sun"),
        Theme::Dark => icon("moon"),
    };
    let theme_words = move || format!("Theme: {}", app.theme.get().as_str());
    let theme = button("icon-button", move || {
        app.theme.update(|theme| *theme = theme.next());
        storage::set_theme(app.theme.get_untracked());
    });
    let theme = theme.live_attr("title", theme_words).live_attr("aria-label", theme_words).live(theme_icon);
    let keys = button("icon-button", move || app.help.set(true));
    let keys = keys.attr("title", "Keyboard shortcuts (?)").attr("aria-label", "Keyboard shortcuts").with(icon("help"));
    let select = when(move || loaded.get(), move || run_select(app));
    let views = when(move || ways_on.get(), move || el("nav", "tabs").attr("aria-label", "Views").with(live(tabs)));
    let ways = when(
        move || ways_on.get(),
        move || {
            let more = el("label", "button small open-more");
            let close = move || {
                let close = button("icon-button", move || open::close(app));
                close.attr("title", "Close all runs").attr("aria-label", "Close all runs").with(icon("close"))
            };
            (more.with((icon("open"), span("").with("Open"), file_input(app))), when(move || loaded.get(), close))
        },
    );
    let brand = span("brand").with((logo(), "Lanescope"));
    el("header", "top-bar").with((brand, select, views, span("spring"), ways, keys)).with(theme)
}

/// Whether the files have something for a view that is not always there.
fn has(app: App, view: View) -> bool {
    // The figures of both are of the name of their view.
    app.runs.with(|runs| runs.iter().any(|run| run.provenance.get(view.as_str()).is_some()))
}

fn logo() -> El {
    let bars = [(1.0, 3.0, 11.0, ""), (5.0, 8.3, 14.0, "hot"), (1.0, 13.6, 8.0, "")];
    let bars = bars.map(|(x, y, width, class)| {
        let bar =
            svg("rect").attr("x", number::plain(x)).attr("y", number::plain(y)).attr("width", number::plain(width));
        bar.attr("height", "3.4").attr("rx", "1").attr("class", class)
    });
    svg("svg").attr("viewBox", "0 0 20 20").attr("aria-hidden", "true").with(bars)
}

fn run_select(app: App) -> El {
    let selected = move || app.route.with(|route| route.run.clone()).unwrap_or_default();
    let select = el("select", "run-select").attr("aria-label", "Run").on("change", move |event: Event| {
        app.push.set(true);
        open::show_run(app, event_target_value(&event));
    });
    select.with(live(move || {
        app.runs.with(|runs| {
            let option = |run: &lanescope_protocol::RunSummary| {
                let workers = run.workers.map(|n| format!(" · {}", format::plural(n.into(), "worker", "workers")));
                let wall = run.wall_s.map(|s| format!(" · {}", format::seconds(s)));
                let text = format!("{}{}{}", run.label, workers.unwrap_or_default(), wall.unwrap_or_default());
                let option = el("option", "").attr("value", &run.id).with(text);
                let (node, id) = (option.as_node::<web_sys::HtmlOptionElement>(), run.id.clone());
                crate::ui::el::follow(move || node.set_selected(selected() == id));
                option
            };
            runs.iter().map(option).collect::<Vec<_>>()
        })
    }))
}

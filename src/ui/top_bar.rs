//! The header: name, run, views, ways in.

use leptos::prelude::*;

use crate::shell::files::picked;
use crate::shell::{open, storage};
use crate::state::{App, Theme, View};
use crate::ui::{Icon, format};

/// The header.
#[component]
pub fn TopBar() -> impl IntoView {
    let app = App::get();
    let loaded = Memo::new(move |_| app.runs.with(|runs| !runs.is_empty()));
    let view_now = Memo::new(move |_| app.route.with(|route| route.view));
    let tab = move |view: View| {
        let name = match view {
            View::Overview => "Overview",
            View::Timeline => "Timeline",
            _ => "Tests",
        };
        view! {
            <button
                class="tab"
                data-tab=view.as_str()
                aria-current=move || (view_now.get() == view).then_some("page")
                on:click=move |_| app.go(|route| route.view = view)
            >
                {name}
            </button>
        }
    };
    let theme_icon = move || match app.theme.get() {
        Theme::System => view! { <Icon name="auto"/> },
        Theme::Light => view! { <Icon name="sun"/> },
        Theme::Dark => view! { <Icon name="moon"/> },
    };
    view! {
        <header class="top-bar">
            <span class="brand">
                <svg viewBox="0 0 20 20" aria-hidden="true">
                    <rect x="1" y="3" width="11" height="3.4" rx="1"/><rect x="5" y="8.3" width="14" height="3.4" rx="1" class="hot"/>
                    <rect x="1" y="13.6" width="8" height="3.4" rx="1"/>
                </svg>
                "Lanescope"
            </span>
            <Show when=move || loaded.get()>
                <RunSelect/>
                <nav class="tabs" aria-label="Views">{View::TABS.map(tab)}</nav>
            </Show>
            <span class="spring"></span>
            <Show when=move || loaded.get()>
                <label class="button small open-more">
                    <Icon name="open"/><span>"Open"</span>
                    <input type="file" multiple class="hidden-input" data-pick="" on:change=move |e| picked(app, &e)/>
                </label>
                <button class="icon-button" title="Close all runs" aria-label="Close all runs" on:click=move |_| open::close(app)>
                    <Icon name="close"/>
                </button>
            </Show>
            <button class="icon-button" title="Keyboard shortcuts (?)" aria-label="Keyboard shortcuts" on:click=move |_| app.help.set(true)>
                <Icon name="help"/>
            </button>
            <button
                class="icon-button"
                title=move || format!("Theme: {}", app.theme.get().as_str())
                aria-label=move || format!("Theme: {}", app.theme.get().as_str())
                on:click=move |_| {
                    app.theme.update(|theme| *theme = theme.next());
                    storage::set_theme(app.theme.get_untracked());
                }
            >
                {theme_icon}
            </button>
        </header>
    }
}

#[component]
fn RunSelect() -> impl IntoView {
    let app = App::get();
    let selected = move || app.route.with(|route| route.run.clone()).unwrap_or_default();
    let options = move || {
        app.runs
            .get()
            .into_iter()
            .map(|run| {
                let workers = run.workers.map(|n| format!(" · {}", format::plural(n.into(), "worker", "workers")));
                let wall = run.wall_s.map(|s| format!(" · {}", format::seconds(s)));
                let text = format!("{}{}{}", run.label, workers.unwrap_or_default(), wall.unwrap_or_default());
                let id = run.id.clone();
                view! { <option value=run.id selected=move || selected() == id>{text}</option> }
            })
            .collect_view()
    };
    view! {
        <select
            class="run-select"
            aria-label="Run"
            prop:value=selected
            on:change=move |event| {
                app.push.set(true);
                open::show_run(app, event_target_value(&event));
            }
        >
            {options}
        </select>
    }
}

//! Files that bring a plan about.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use lanescope_protocol::{TakeHome, TakeHomeKind};
use lanescope_ui::shell::save;
use lanescope_ui::ui::el::{El, button, div, el, live, span};
use lanescope_ui::ui::{copy_button, format};

use super::state::State;
use super::words::{bones, change};

fn name(kind: TakeHomeKind) -> &'static str {
    match kind {
        TakeHomeKind::PytestCommand => "command line",
        TakeHomeKind::PytestIni => "pytest.ini",
        TakeHomeKind::NodeIds => "node ids",
        TakeHomeKind::ConftestSlowFirst => "conftest: slow first",
        TakeHomeKind::ConftestGroups => "conftest: groups",
        TakeHomeKind::TestDurations => ".test_durations",
        TakeHomeKind::GithubMatrix => "GitHub matrix",
        TakeHomeKind::NextestToml => "nextest.toml",
        TakeHomeKind::PlaywrightShards => "Playwright shards",
    }
}

/// The section.
pub fn take_home(state: State) -> El {
    let chosen = RwSignal::new(0_usize);
    let kinds =
        Memo::new(move |_| state.take_home.with(|files| files.iter().map(|file| file.kind).collect::<Vec<_>>()));
    let tab = move |(place, kind): (usize, TakeHomeKind)| {
        let tab = button("panel-tab", move || chosen.set(place))
            .attr("role", "tab")
            .attr("aria-controls", "take-home")
            .with(name(kind));
        tab.live_attr("aria-selected", move || if chosen.get() == place { "true" } else { "false" })
            .live_attr("tabindex", move || if chosen.get() == place { "0" } else { "-1" })
    };
    let tabs = div("panel-tabs").attr("role", "tablist").attr("aria-label", "Files to take home");
    let node = tabs.html();
    let tabs = tabs.live(move || kinds.get().into_iter().enumerate().map(tab).collect::<Vec<El>>());
    let tabs = tabs.on("keydown", move |event: KeyboardEvent| {
        let count = kinds.with_untracked(Vec::len).max(1);
        let now = chosen.get_untracked();
        let to = match event.key().as_str() {
            "ArrowRight" => (now + 1) % count,
            "ArrowLeft" => (now + count - 1) % count,
            _ => return,
        };
        event.prevent_default();
        chosen.set(to);
        let tab = node.query_selector_all("[role=tab]").ok().and_then(|tabs| tabs.item(to as u32));
        if let Some(tab) = tab.and_then(|tab| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(tab).ok()) {
            let _ = tab.focus();
        }
    });
    let file =
        Memo::new(move |_| state.take_home.with(|files| files.get(chosen.get()).or_else(|| files.first()).cloned()));
    let shown = move || match file.get() {
        Some(file) => told(file),
        None => bones(3),
    };
    div("take-home").with((
        tabs,
        div("take-home-file").attr("id", "take-home").attr("role", "tabpanel").attr("tabindex", "0").with(live(shown)),
    ))
}

/// Longer files are shown in part.
const SHOWN: usize = 6_000;

fn told(file: TakeHome) -> El {
    let promise = file.from_s.zip(file.to_s).map(|(from, to)| {
        let class = if from > to { "gain better" } else { "gain" };
        let words = format!("{} → {} (", format::seconds(from), format::seconds(to));
        el("p", class).attr("data-promise", "").with((words, el("b", "").with(change(from - to)), ") by the replay"))
    });
    let cut = file.text.char_indices().nth(SHOWN).map(|(at, _)| at);
    let shown = cut.and_then(|at| file.text.get(..at)).unwrap_or(&file.text);
    let more = cut.map(|_| {
        el("p", "quiet")
            .with(format!("… {} in all; copy or save it for the rest", format::bytes(file.text.len() as u64)))
    });
    let code = el("pre", "take-home-text").attr("tabindex", "0").with(shown);
    let (name, mime, text) = (file.name.clone(), file.mime.clone(), file.text.clone());
    let save = button("button small", move || save::bytes(text.as_bytes(), &mime, &name))
        .attr("data-action", "save")
        .with("Save");
    let head = div("take-home-head").with((
        el("code", "").with(&file.name),
        span("spring"),
        copy_button(file.text.clone(), "Copy", false),
        save,
    ));
    div("").attr("data-take-home", &file.name).with((el("p", "").with(&file.how), promise, head, code, more))
}

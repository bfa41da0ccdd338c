//! The view `flaky`: which failures are real.

mod cell;
mod cost;
mod empty;
mod heat;
pub mod lists;
mod marks;
mod quarantine;
mod ranking;
mod rows;
mod rules;
pub mod story;
mod test;
mod trend;
pub mod words;

use std::sync::Arc;

use lanescope_protocol::FlakyOverview;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use lanescope_ui::ui::el::{El, button, div, el, later, live, span};
use lanescope_ui::ui::format;

use crate::state::Lab;
use story::{SHOW, Story, go, key};

pub use rules::run_address;

/// What can be open below the verdict.
const PANELS: [(&str, &str); 7] = [
    ("", "Ranking"),
    ("heat", "Heat map"),
    ("trend", "Trend"),
    ("clusters", "Clusters"),
    ("durations", "Slower, faster"),
    ("quarantine", "Quarantine"),
    ("rules", "Rules"),
];

/// The view.
pub fn flaky_page(lab: Lab) -> El {
    let story = Story::new(lab);
    let test = Memo::new(move |_| lab.route.with(|route| route.test.clone()));
    let shape = Memo::new(move |_| {
        story.overview.with(|o| match o {
            None => 0,
            Some(o) if o.runs.len() <= 1 && o.classes[0] == 0 => 1,
            Some(_) => 2,
        })
    });
    el("section", "lab-page flaky-page").with(live(move || match (shape.get(), test.get()) {
        (0, _) => waiting(lab, story),
        (1, _) => empty::one_run(),
        (_, Some(test)) => test::test_page(story, &test),
        _ => whole(story),
    }))
}

/// While runs are on their way to the worker.
pub fn waiting(lab: Lab, story: Story) -> El {
    let words = move || {
        if let Some(text) = story.problem.get().or_else(|| lab.said.get()) {
            return text;
        }
        let (loaded, taken) = (lab.runs.with(Vec::len), lab.taken.with(Vec::len));
        if loaded == 0 {
            "Waiting for runs …".to_owned()
        } else if taken < loaded {
            format!("Reading runs: {taken} of {loaded}")
        } else {
            format!("Looking across {} …", format::plural(loaded as u64, "run", "runs"))
        }
    };
    let share = move || {
        let (loaded, taken) = (lab.runs.with(Vec::len), lab.taken.with(Vec::len));
        format!("scaleX({})", lanescope_ui::state::number::fixed(taken as f64 / loaded.max(1) as f64, 3))
    };
    let bar =
        div("progress-track").attr("aria-hidden", "true").with(div("progress-fill").live_style("transform", share));
    div("flaky-wait").with((el("p", "").attr("role", "status").live_text(words), bar))
}

fn whole(story: Story) -> El {
    let panel = Memo::new(move |_| {
        let word = story.lab.route.with(|route| key(route, SHOW));
        PANELS.iter().position(|panel| panel.0 == word).unwrap_or(0)
    });
    let tabs = PANELS.iter().enumerate().fold(
        div("panel-tabs").attr("role", "tablist").attr("aria-label", "Views of the history"),
        |tabs, (at, (word, name))| {
            let on = move || panel.get() == at;
            let tab = button("panel-tab", move || go(SHOW, word, true))
                .attr("role", "tab")
                .attr("data-show", if at == 0 { "ranking" } else { word });
            let tab = tab.live_attr("aria-selected", move || on().to_string());
            let tab = tab.live_attr("tabindex", move || if on() { "0" } else { "-1" });
            tabs.with(
                tab.attr("aria-controls", "flaky-panel")
                    .with((*name, span("count").live_text(move || count(story, at)))),
            )
        },
    );
    let tabs = tabs.on("keydown", move |event: KeyboardEvent| {
        let last = PANELS.len() - 1;
        let now = panel.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => {
                if now == last {
                    0
                } else {
                    now + 1
                }
            }
            "ArrowLeft" => now.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        if let Some((word, _)) = PANELS.get(next) {
            go(SHOW, word, false);
            focus(".panel-tab[aria-selected=true]");
        }
    });
    // On a narrow screen the tabs are scrolled: a link leads to one that would be out of sight.
    let strip = tabs.html();
    later(move || {
        panel.track();
        if let Some(tab) = strip.query_selector("[aria-selected=true]").ok().flatten() {
            let tab: web_sys::HtmlElement = wasm_bindgen::JsCast::unchecked_into(tab);
            strip.set_scroll_left(tab.offset_left() - strip.offset_left() - 48);
        }
    });
    // The verdict is on the screen before what lies below it is made: together they would hold the page up.
    let soon = RwSignal::new(false);
    lanescope_ui::shell::dom::after(0, move || {
        let _ = soon.try_set(true);
    });
    let word = Memo::new(move |_| soon.get().then(|| PANELS.get(panel.get()).map_or("", |panel| panel.0)));
    let body = live(move || match word.get().unwrap_or("soon") {
        "soon" => div("flaky-body"),
        "heat" => div("flaky-body").with((ranking::controls(story), heat::heat_map(story))),
        "trend" => div("flaky-body scrolls").with(overview_live(story, trend::trend)),
        "clusters" => div("flaky-body scrolls").with(overview_live(story, lists::clusters)),
        "durations" => div("flaky-body scrolls").with(overview_live(story, lists::durations)),
        "quarantine" => div("flaky-body scrolls").with(quarantine::quarantine(story)),
        "rules" => div("flaky-body scrolls").with(overview_live(story, rules::rules)),
        _ => div("flaky-body with-rail").with((
            div("flaky-main").with((ranking::controls(story), ranking::ranking(story))),
            overview_live(story, cost::cost),
        )),
    });
    let body = div("flaky-panel").attr("id", "flaky-panel").attr("role", "tabpanel").with(body);
    let page = div("flaky-whole").with((overview_live(story, head), tabs, body));
    page.on("keydown", move |event: KeyboardEvent| {
        let typing = event.target().and_then(|t| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlInputElement>(t).ok());
        let typing = typing.is_some_and(|input| input.type_() == "text");
        if event.key() == "/" && !typing && panel.get_untracked() < 2 {
            event.prevent_default();
            focus("#flaky-search");
        }
    })
}

/// Made anew when the runs have changed.
fn overview_live(story: Story, make: fn(Story) -> El) -> lanescope_ui::ui::el::Live {
    live(move || {
        story.overview.track();
        untrack(|| make(story))
    })
}

/// How much there is in a panel.
fn count(story: Story, panel: usize) -> String {
    let n = story.overview.with(|o| {
        let o = o.as_ref()?;
        match panel {
            3 => Some(o.clusters.len()),
            4 => Some(o.slower.len() + o.faster.len()),
            _ => None,
        }
    });
    let n = if panel == 5 { Some(story.chosen.with(Vec::len)).filter(|n| *n > 0) } else { n };
    n.map(|n| n.to_string()).unwrap_or_default()
}

fn focus(selector: &str) {
    use lanescope_ui::shell::dom;
    let found = dom::document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|e| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(e).ok()) {
        let _ = element.focus();
    }
}

/// The verdict, and which runs it is about.
fn head(story: Story) -> El {
    let Some(overview) = story.runs() else { return div("") };
    let sentence = el("h1", "flaky-verdict").attr("data-verdict", "");
    let sentence = sentence.live(move || {
        let parts = story.overview.with(|o| o.as_ref().map(|o| story.broken.with(|broken| words::verdict(o, broken))));
        parts
            .unwrap_or_default()
            .into_iter()
            .map(|(strong, text)| el(if strong { "b" } else { "span" }, "").with(words::whole(&text)))
            .collect::<Vec<_>>()
    });
    let few = (overview.runs.len() < 5).then(|| empty::few_runs(overview.runs.len()));
    el("header", "flaky-top").with((sentence, about(&overview), few))
}

fn about(overview: &Arc<FlakyOverview>) -> El {
    let runs = &overview.runs;
    let mut commits: Vec<&str> = runs.iter().filter_map(|run| run.commit.as_deref()).collect();
    commits.sort_unstable();
    commits.dedup();
    let mut parts = vec![format::plural(runs.len() as u64, "run", "runs")];
    if !commits.is_empty() {
        parts.push(format::plural(commits.len() as u64, "commit", "commits"));
    } else {
        parts.push("no commits are named".to_owned());
    }
    let day =
        |at: &Option<String>| at.as_deref().map(|at| format::started(at).split(',').next().unwrap_or("").to_owned());
    let first = runs.iter().find_map(|run| day(&run.started_at));
    let last = runs.iter().rev().find_map(|run| day(&run.started_at));
    match (first, last) {
        (Some(first), Some(last)) if first != last => parts.push(format!("{first} – {last}")),
        (Some(first), _) => parts.push(first),
        _ => {}
    }
    let line = el("p", "flaky-about").with(span("").with(parts.join(" · ")));
    let aside = runs.iter().filter(|run| run.set_aside.is_some()).count();
    if aside == 0 {
        return line;
    }
    let press = button("link", || go(SHOW, "rules", true)).attr("data-aside", aside.to_string());
    line.with((" · ", press.with(format!("{} set aside", format::plural(aside as u64, "run", "runs")))))
}

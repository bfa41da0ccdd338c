//! What is kept, by suite, and what can be done with it.

use lanescope_ui::ui::el::{El, button, div, el, span};
use lanescope_ui::ui::{format, icon};
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::keeping::Library;
use super::suites;
use crate::pages::empty::empty;
use crate::shell::kept::Record;

const COLUMNS: [(&str, &str); 6] =
    [("", "Run"), ("", "Started"), ("", "Commit"), ("num", "Tests"), ("num", "Size"), ("", "")];

/// What can be done with the runs that are chosen; with all where none is.
pub fn actions(library: Library, chosen: RwSignal<Vec<String>>) -> El {
    let sure = RwSignal::new(false);
    div("library-actions").live(move || {
        let all = library.listed.with(|listed| listed.as_ref().map(|l| l.records.clone()).unwrap_or_default());
        if all.is_empty() {
            return None;
        }
        let ids = chosen.get();
        let some: Vec<Record> = all.iter().filter(|record| ids.contains(&record.run.id)).cloned().collect();
        let (n, of) = if some.is_empty() { (all.len(), "all") } else { (some.len(), "chosen") };
        let those = if some.is_empty() { all } else { some };
        let names: Vec<String> = those.iter().map(|record| record.run.id.clone()).collect();
        let named = ids.iter().any(|id| names.contains(id));
        let open = (named || n == 1).then(|| {
            let words = if n == 1 { "Open".to_owned() } else { format!("Open {n} runs as a history") };
            let press = button("button small primary", move || library.open(those.clone()));
            press.attr("data-open", n.to_string()).with(words)
        });
        let (out, gone) = (names.clone(), names);
        let export = button("button small", move || library.export(out.clone()));
        let export = export.attr("data-export-library", n.to_string()).with(format!("Export {of}"));
        let delete = button("button small", move || {
            // All at once is asked twice; some were chosen one by one.
            if !named && !sure.get_untracked() {
                return sure.set(true);
            }
            sure.set(false);
            chosen.set(Vec::new());
            library.delete(gone.clone());
        });
        let words = if sure.get() && !named { format!("Really delete all {n}?") } else { format!("Delete {of}") };
        let delete = delete.attr("data-delete", n.to_string()).class_if("danger", sure.get() && !named).with(words);
        Some((open, export, delete))
    })
}

/// Everything that is kept.
pub fn list(library: Library, chosen: RwSignal<Vec<String>>) -> El {
    library.listed.with(|listed| {
        let Some(listed) = listed else { return div("") };
        let newer = (listed.newer > 0).then(|| {
            let n = format::plural(listed.newer as u64, "run was", "runs were");
            let text =
                format!("{n} kept by a newer Lanescope, and can be opened there. Nothing of it is changed here.");
            el("p", "library-newer quiet").attr("role", "note").attr("data-newer", listed.newer.to_string()).with(text)
        });
        if listed.records.is_empty() {
            return div("").with((newer, nothing()));
        }
        let suites = suites::suites(&listed.records);
        let sections: Vec<El> = suites
            .iter()
            .map(|suite| {
                let records: Vec<Record> = suite.iter().filter_map(|&at| listed.records.get(at)).cloned().collect();
                section(library, chosen, records)
            })
            .collect();
        div("library-list").with((newer, sections))
    })
}

fn nothing() -> El {
    empty(
        "",
        "This browser forgets a run when its tab is closed. Runs of one suite that are kept open together as a history: \
         which tests are flaky, which broke, and which became slower. Turn the switch on, or open files and keep them once.",
        &[],
    )
}

fn section(library: Library, chosen: RwSignal<Vec<String>>, records: Vec<Record>) -> El {
    let name = suites::name(&records);
    let heads = COLUMNS.map(|(class, name)| {
        let name = if name.is_empty() { span("sr-only").with("Actions") } else { span("").with(name) };
        div(class).attr("role", "columnheader").with(name)
    });
    let head = div("kept-row kept-heads").attr("role", "row").with(heads);
    let rows: Vec<El> = records.iter().map(|record| row(library, chosen, record)).collect();
    let table = div("kept-table").attr("role", "table").attr("aria-label", format!("Kept runs of {name}"));
    let n = records.len();
    let open = (n > 1).then(|| {
        let press = button("button small", move || library.open(records.clone()));
        press.attr("data-open-suite", n.to_string()).with(format!("Open all {n} as a history"))
    });
    let title = el("h2", "")
        .with((el("bdi", "").with(&name), span("quiet").with(format!(" {}", format::plural(n as u64, "run", "runs")))));
    el("section", "file-run kept-suite")
        .attr("data-suite", &name)
        .with((el("header", "").with((title, open)), table.with((head, rows))))
}

fn row(library: Library, chosen: RwSignal<Vec<String>>, record: &Record) -> El {
    let run = &record.run;
    let cell = |class: &str| div(class).attr("role", "cell");
    let (id, of) = (run.id.clone(), run.id.clone());
    let tick = el("input", "").attr("type", "checkbox").attr("aria-label", format!("Choose {}", run.label));
    let node: HtmlInputElement = tick.as_node();
    lanescope_ui::ui::el::follow(move || node.set_checked(chosen.with(|chosen| chosen.contains(&of))));
    let tick = tick.attr("data-choose", &run.id).on("change", move |_: Event| {
        chosen.update(|chosen| match chosen.iter().position(|other| *other == id) {
            Some(at) => drop(chosen.remove(at)),
            None => chosen.push(id.clone()),
        });
    });
    let one = record.clone();
    let open = button("link", move || library.open(vec![one.clone()])).with(el("bdi", "").with(&run.label));
    let started = run.started_us.map(started).unwrap_or_default();
    let commit: String = run.commit.iter().flat_map(|commit| commit.chars().take(10)).collect();
    let branch = run.branch.as_deref().map(|branch| span("").with(branch));
    let commit = (!commit.is_empty()).then(|| el("code", "").with(commit));
    let failed = (run.failed > 0).then(|| span("tag bad").with(format!("{} failed", format::count(run.failed.into()))));
    let unit = if run.tests == 1 { " test" } else { " tests" };
    let tests = (failed, span("").with(format::count(run.tests.into())), span("file-unit").with(unit));
    let gone = run.id.clone();
    let away = button("icon-button", move || library.delete(vec![gone.clone()])).attr("title", "Delete this run");
    let away = away.attr("aria-label", format!("Delete {}", run.label)).attr("data-delete-run", &run.id);
    div("kept-row").attr("role", "row").attr("data-kept", &run.id).with((
        cell("kept-name").with(el("label", "").with((tick, open))),
        cell("kept-start").with(started),
        cell("kept-commit").with((branch, commit)),
        cell("num kept-tests").with(tests),
        cell("num").with(format::bytes(record.bytes.into())),
        cell("file-away").with(away.with(icon("close"))),
    ))
}

/// A start as people read it.
fn started(us: i64) -> String {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(us as f64 / 1000.0));
    if date.get_time().is_nan() {
        return String::new();
    }
    date.to_iso_string().as_string().map(|iso| format::started(&iso)).unwrap_or_default()
}

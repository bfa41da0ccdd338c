//! The files of a run, and why they are one.

use lanescope_protocol::{FileSummary, PartOf, RunSummary};
use lanescope_ui::state::View;
use lanescope_ui::ui::el::{El, button, div, el, span};
use leptos::prelude::*;

use super::archive::{Holds, is_archive};
use super::{Files, SHOWN, groups, row, words};
use crate::shell::bridge;

/// All runs with their files, then the files that are in none.
pub fn all(files: Files, all: &[FileSummary], runs: &[RunSummary], only: bool, shown: usize) -> Vec<El> {
    let wanted: Vec<&FileSummary> = all.iter().filter(|file| !only || file.status != "ok").collect();
    let mut sections: Vec<El> = Vec::new();
    let lost: Vec<(&FileSummary, Option<&PartOf>)> =
        wanted.iter().filter(|file| words::is_lost(file)).map(|file| (*file, None)).collect();
    // What could not be used is looked for first.
    if !lost.is_empty() {
        let head = el("header", "").with((
            el("h2", "").with("In no run"),
            el("p", "quiet").with("Nothing in these files is a test result that is read, or they could not be read."),
        ));
        sections
            .push(el("section", "file-run").attr("data-run", "").with((head, row::table("Files in no run", &lost, 0))));
    }
    let archives: Vec<(&FileSummary, Holds)> = (wanted.iter().filter(|file| is_archive(file) && !words::is_lost(file)))
        .map(|file| (*file, Holds::of(&file.path, all)))
        .collect();
    if !archives.is_empty() {
        let head = el("header", "").with(el("h2", "").with("Archives"));
        let table = row::archives(&archives);
        sections.push(el("section", "file-run").attr("data-archives", "").with((head, table)));
    }
    let mut more = 0;
    for run in runs {
        let part = |file: &&'_ FileSummary| file.part_of.iter().position(|part| part.run == run.id);
        let members: Vec<(&FileSummary, Option<&PartOf>)> =
            wanted.iter().filter_map(|file| part(file).map(|at| (*file, file.part_of.get(at)))).collect();
        if members.is_empty() {
            continue;
        }
        if sections.len() < shown {
            sections.push(of_run(files, run, &members));
        } else {
            more += 1;
        }
    }
    if sections.is_empty() {
        sections.push(
            el("p", "files-none").attr("role", "status").with("No file has a message: all were read as they are."),
        );
    }
    if more > 0 {
        let press =
            button("button", move || files.shown.update(|n| *n += SHOWN * 5)).attr("data-more", more.to_string());
        sections.push(press.with(format!("{more} more runs")));
    }
    sections
}

fn of_run(files: Files, run: &RunSummary, members: &[(&FileSummary, Option<&PartOf>)]) -> El {
    let id = run.id.clone();
    let open = button("link", move || {
        let id = id.clone();
        bridge::go(true, |route| {
            route.view = View::Overview;
            route.run = Some(id);
        });
    });
    let rules: Vec<El> = run
        .rules
        .iter()
        .map(|rule| {
            let name = span("tag").with(words::rule(&rule.code));
            el("li", "").attr("data-rule", &rule.code).with((name, " ", rule.text.as_str()))
        })
        .collect();
    let why = if rules.is_empty() {
        el("p", "quiet").with(if members.len() > 1 {
            "Nothing had to be put together."
        } else {
            "One file, a run by itself."
        })
    } else {
        el("ul", "file-rules").with(rules)
    };
    let head = el("header", "").with((
        el("h2", "").with(open.with(el("bdi", "").with(&run.label))),
        el("p", "quiet").with(words::about(run)),
        why,
        groups::groups(files, run),
    ));
    let name = format!("Files of {}", run.label);
    el("section", "file-run")
        .attr("data-run", &run.id)
        .with((head, div("").with(row::table(&name, members, run.tests))))
}

//! What is shown before anything is loaded: how to open a report, and how to get one.

use crate::shell::open;
use crate::state::{App, Phase, View};
use crate::ui::el::{Child, El, button, div, el, live, svg};
use crate::ui::{copy_text, open_buttons};
use leptos::prelude::*;

/// Addresses of the bundled demo, relative to the page.
pub const DEMO: [&str; 6] = [
    "demo/parallel.reportlog.jsonl.gz",
    "demo/parallel.junit.xml",
    "demo/parallel.log",
    "demo/sequential.reportlog.jsonl.gz",
    "demo/sequential.junit.xml",
    "demo/sequential.log",
];

/// The first page.
pub fn open_page(app: App) -> El {
    let loading = Memo::new(move |_| matches!(app.phase.get(), Phase::Loading(_)));
    let lead = div("open-lead").with((
        el("h1", "").with("Where did your test time go?"),
        el("p", "lead").with(
            "Drop the artifacts of a parallel test run. Lanescope draws a lane for every worker, says how parallel the \
             run really was, and what holds it up.",
        ),
    ));
    let body = live(move || if loading.get() { skeleton() } else { ways_in(app) });
    el("section", "open-page").with((lead, body))
}

fn ways_in(app: App) -> El {
    let zone = div("drop-zone").with((
        art(),
        el("p", "drop-title").with("Drop files or a folder anywhere, or paste a report"),
        open_buttons(app),
        el("p", "quiet").with(
            "JUnit XML, pytest, nextest, Playwright, Vitest, Jest, Go, Allure and some thirty more, also in archives",
        ),
    ));
    let demo = button("button", move || {
        app.go(|route| route.src = DEMO.iter().map(|&s| s.to_owned()).collect());
        open::sources(app, DEMO.iter().map(|&s| s.to_owned()).collect());
    });
    let demo = div("open-demo").with((
        demo.with("Open the demo run"),
        el("p", "quiet").with(
            "A real pytest suite: 10 workers, work stealing, retries and failures, with its sequential run beside it.",
        ),
    ));
    let privacy = el("p", "privacy").with((
        el("strong", "").with("Your data stays here."),
        " Files are read in this browser tab, by a worker without network access to anywhere but the addresses that you \
         give. Nothing is uploaded, and nothing is stored unless you turn on the ",
        button("link", move || app.go(|route| route.view = View::Shelf("library"))).with("library"),
        ".",
    ));
    div("ways-in").with((zone, demo, privacy, how()))
}

fn how() -> El {
    let entry = |what: &str, how: &[&str], note: &str| {
        let note = (!note.is_empty()).then(|| el("p", "quiet").with(note));
        let how: Vec<El> = how.iter().map(|line| copy_text(line)).collect();
        (el("dt", "").with(what), el("dd", "").with((how, note)))
    };
    let list: [_; 4] = [
        entry(
            "Lanes, phases, retries",
            &["pip install pytest-reportlog", "pytest -n 10 --dist worksteal --report-log=report.jsonl"],
            "",
        ),
        entry(
            "Nothing to install",
            &["pytest -v -n 10 --junitxml=junit.xml | tee pytest.log"],
            "With a CI service’s timestamps on the log, the lanes are recorded too.",
        ),
        entry(
            "A speedup",
            &["pytest --report-log=sequential.jsonl"],
            "A sequential run of the same tests, opened beside the parallel one.",
        ),
        entry(
            "Other tools",
            &[
                "npx playwright test --reporter=blob",
                "npx vitest run --reporter=json --outputFile=vitest.json",
                "go test -json ./... > go.jsonl",
            ],
            "Their JUnit files are read too, as those of cargo-nextest, Maven, Gradle and most others.",
        ),
    ];
    div("how").with((el("h2", "").with("What to record"), el("dl", "").with(list)))
}

fn art() -> impl Child {
    let bars: [(u32, u32, u32, &str); 7] = [
        (0, 4, 58, ""),
        (62, 4, 92, ""),
        (14, 20, 120, ""),
        (138, 20, 28, "bad"),
        (6, 36, 40, ""),
        (50, 36, 70, ""),
        (20, 52, 200, "long"),
    ];
    let bars = bars.map(|(x, y, width, class)| {
        let bar = svg("rect").attr("x", x.to_string()).attr("y", y.to_string()).attr("width", width.to_string());
        bar.attr("height", "10").attr("rx", "2").attr("class", class)
    });
    svg("svg").attr("class", "drop-art").attr("viewBox", "0 0 220 64").attr("aria-hidden", "true").with(bars)
}

fn skeleton() -> El {
    let bone = |class: &str| div(class);
    let bones = div("bones").with([bone("bone"), bone("bone"), bone("bone"), bone("bone")]);
    div("skeleton").attr("aria-hidden", "true").with((bone("bone w60"), bone("bone w40"), bones, bone("bone tall")))
}

//! What is shown before anything is loaded: how to open a report, and how to get one.

use crate::shell::open;
use crate::state::{App, Phase};
use crate::ui::{CopyText, OpenButtons};
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
#[component]
pub fn Open() -> impl IntoView {
    let app = App::get();
    let loading = move || matches!(app.phase.get(), Phase::Loading(_));
    view! {
        <section class="open-page">
            <div class="open-lead">
                <h1>"Where did your test time go?"</h1>
                <p class="lead">
                    "Drop the artifacts of a parallel test run. Lanescope draws a lane for every worker, says how \
                     parallel the run really was, and what holds it up."
                </p>
            </div>
            <Show when=move || !loading() fallback=Skeleton>
                <div class="drop-zone">
                    <svg class="drop-art" viewBox="0 0 220 64" aria-hidden="true">
                        <rect x="0" y="4" width="58" height="10" rx="2"/><rect x="62" y="4" width="92" height="10" rx="2"/>
                        <rect x="14" y="20" width="120" height="10" rx="2"/><rect class="bad" x="138" y="20" width="28" height="10" rx="2"/>
                        <rect x="6" y="36" width="40" height="10" rx="2"/><rect x="50" y="36" width="70" height="10" rx="2"/>
                        <rect x="20" y="52" width="200" height="10" rx="2" class="long"/>
                    </svg>
                    <p class="drop-title">"Drop files or a folder anywhere, or paste a report"</p>
                    <OpenButtons/>
                    <p class="quiet">
                        "pytest-reportlog, JUnit XML, pytest and xdist console logs, plain or gzipped"
                    </p>
                </div>
                <div class="open-demo">
                    <button class="button" on:click=move |_| {
                        app.go(|route| route.src = DEMO.iter().map(|&s| s.to_owned()).collect());
                        open::sources(app, DEMO.iter().map(|&s| s.to_owned()).collect());
                    }>"Open the demo run"</button>
                    <p class="quiet">
                        "A real pytest suite: 10 workers, work stealing, retries and failures, with its sequential run beside it."
                    </p>
                </div>
                <div class="how">
                    <h2>"What to record"</h2>
                    <dl>
                        <dt>"Lanes, phases, retries"</dt>
                        <dd>
                            <CopyText text="pip install pytest-reportlog"/>
                            <CopyText text="pytest -n 10 --dist worksteal --report-log=report.jsonl"/>
                        </dd>
                        <dt>"Nothing to install"</dt>
                        <dd>
                            <CopyText text="pytest -v -n 10 --junitxml=junit.xml | tee pytest.log"/>
                            <p class="quiet">"With a CI service's timestamps on the log, the lanes are recorded too."</p>
                        </dd>
                        <dt>"A speedup"</dt>
                        <dd>
                            <CopyText text="pytest --report-log=sequential.jsonl"/>
                            <p class="quiet">"A sequential run of the same tests, opened beside the parallel one."</p>
                        </dd>
                    </dl>
                </div>
            </Show>
            <p class="privacy">
                <strong>"Your data stays here."</strong>
                " Files are read in this browser tab, by a worker without network access to anywhere but the \
                 addresses that you give. Nothing is uploaded or stored."
            </p>
        </section>
    }
}

#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" aria-hidden="true">
            <div class="bone w60"></div><div class="bone w40"></div>
            <div class="bones"><div class="bone"></div><div class="bone"></div><div class="bone"></div><div class="bone"></div></div>
            <div class="bone tall"></div>
        </div>
    }
}

//! Failures, slowest tests, workers, and hints.

use lanescope_protocol::{Overview, TestLine};
use leptos::prelude::*;

use crate::state::{App, View};
use crate::ui::{CopyText, OutcomeMark, format};

/// Failures shown before the list of tests takes over.
const FAILURES_SHOWN: usize = 6;

/// Opens a test in a view.
fn open_test(app: App, view: View, id: String) {
    app.go(|route| {
        route.view = view;
        route.test = Some(id);
    });
}

/// Failing tests with their messages, then flaky ones.
#[component]
pub fn Failures(overview: Overview) -> impl IntoView {
    let app = App::get();
    let bad = overview.run.failed + overview.run.errors;
    let flaky_room = FAILURES_SHOWN.saturating_sub(overview.failures.len()).max(2);
    let rows = overview.failures.into_iter().take(FAILURES_SHOWN).map(|failure| {
        let id = failure.test.id.clone();
        view! {
            <li>
                <button class="row" on:click=move |_| open_test(app, View::Tests, id.clone())>
                    <OutcomeMark outcome=failure.test.outcome/>
                    <span class="two-lines">
                        <bdi class="name">{failure.test.name}</bdi>
                        <span class="message-line">{failure.message}</span>
                    </span>
                </button>
            </li>
        }
    });
    let rows = rows.collect_view();
    let flaky_total = overview.run.flaky;
    let flaky = overview.flaky.into_iter().take(flaky_room).map(|test| {
        let id = test.id.clone();
        let words = format!("passed on attempt {}", test.attempts);
        view! {
            <li>
                <button class="row" on:click=move |_| open_test(app, View::Tests, id.clone())>
                    <OutcomeMark outcome=test.outcome flaky=true/>
                    <span class="two-lines"><bdi class="name">{test.name}</bdi><span class="message-line">{words}</span></span>
                </button>
            </li>
        }
    });
    let flaky = flaky.collect_view();
    let filter = move |outcomes: &'static [&'static str]| {
        app.go(|route| {
            route.view = View::Tests;
            route.q = String::new();
            route.outcomes = outcomes.iter().map(|&o| o.to_owned()).collect();
        });
    };
    view! {
        <section class="panel" aria-labelledby="failures-title">
            <header>
                <h2 id="failures-title">
                    {if bad == 0 { "Nothing failed".to_owned() } else { format!("{} failed", format::count(bad.into())) }}
                    {(flaky_total > 0).then(|| format!(", {} flaky", format::count(flaky_total.into())))}
                </h2>
                {(bad + flaky_total > 0).then(|| view! {
                    <button class="link" on:click=move |_| filter(&["failed", "error", "flaky"])>"Show all"</button>
                })}
            </header>
            <ul class="rows">{rows}{flaky}</ul>
            {(bad + flaky_total == 0).then(|| view! { <p class="quiet">"Every test that ran came out as expected."</p> })}
        </section>
    }
}

/// The longest tests, with a bar each.
#[component]
pub fn Slowest(overview: Overview) -> impl IntoView {
    let app = App::get();
    let max = overview.slowest.iter().filter_map(|test| test.seconds).fold(f64::MIN_POSITIVE, f64::max);
    let rows = overview.slowest.into_iter().map(|test| view! { <SlowRow test max/> }).collect_view();
    view! {
        <section class="panel" aria-labelledby="slowest-title">
            <header>
                <h2 id="slowest-title">"Slowest tests"</h2>
                <button class="link" on:click=move |_| app.go(|route| {
                    route.view = View::Tests;
                    route.outcomes.clear();
                    route.q = String::new();
                    route.sort = Some("duration".to_owned());
                })>"Show all"</button>
            </header>
            <ul class="rows">{rows}</ul>
        </section>
    }
}

#[component]
fn SlowRow(test: TestLine, max: f64) -> impl IntoView {
    let app = App::get();
    let id = test.id.clone();
    let share = test.seconds.map_or(0.0, |s| s / max);
    let title = test.id.clone();
    view! {
        <li>
            <button class="row slow-row" title=title on:click=move |_| open_test(app, View::Timeline, id.clone())>
                <OutcomeMark outcome=test.outcome flaky=test.flaky/>
                <bdi class="name">{test.name}</bdi>
                <span class="num">{test.seconds.map_or("–".to_owned(), format::seconds)}</span>
                <span class="size-bar" aria-hidden="true"><span style:width=format!("{:.2}%", share * 100.0)></span></span>
            </button>
        </li>
    }
}

/// Each worker's share.
#[component]
pub fn Workers(overview: Overview) -> impl IntoView {
    let wall = overview.run.wall_s.unwrap_or(0.0).max(f64::MIN_POSITIVE);
    let any = !overview.workers.is_empty();
    let rows = overview.workers.into_iter().map(|worker| {
        let share = (worker.busy_s / wall).clamp(0.0, 1.0);
        view! {
            <tr>
                <th scope="row"><bdi>{worker.name}</bdi>{worker.crashed.then(|| view! { <span class="tag bad">"crashed"</span> })}</th>
                <td class="num">{format::count(worker.attempts.into())}</td>
                <td class="num">{if worker.bad > 0 { worker.bad.to_string() } else { "–".to_owned() }}</td>
                <td class="num">{format::seconds(worker.busy_s)}</td>
                <td class="share-cell"><span class="size-bar"><span style:width=format!("{:.2}%", share * 100.0)></span></span></td>
                <td class="num">{format::percent(share)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="panel second" aria-labelledby="workers-title">
            <header><h2 id="workers-title">"Workers"</h2></header>
            {if any {
                view! {
                    <div class="scroll-box">
                        <table class="workers">
                            <thead><tr>
                                <th scope="col">"Worker"</th><th scope="col" class="num">"Attempts"</th>
                                <th scope="col" class="num">"Failed"</th><th scope="col" class="num">"Busy"</th>
                                <th scope="col" colspan="2" class="num">"Of wall time"</th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }.into_any()
            } else {
                view! { <p class="quiet">"No file names the worker that ran a test."</p> }.into_any()
            }}
        </section>
    }
}

/// What is missing, and how to get it.
#[component]
pub fn Hints(overview: Overview) -> impl IntoView {
    let hints = overview.hints;
    (!hints.is_empty()).then(|| {
        let rows = hints.into_iter().map(|hint| {
            view! {
                <li><p>{hint.text}</p>{hint.how.map(|how| view! { <CopyText text=how/> })}</li>
            }
        });
        view! {
            <section class="panel second" aria-labelledby="hints-title">
                <header><h2 id="hints-title">"What would tell more"</h2></header>
                <ul class="hints">{rows.collect_view()}</ul>
            </section>
        }
    })
}

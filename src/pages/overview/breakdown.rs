//! Where the workers' time went: one bar whose parts sum to the whole, and the parts by name.

use lanescope_protocol::RunSummary;
use leptos::prelude::*;

use crate::ui::{Known, format};

/// The breakdown of workers × session, or workers × wall.
#[component]
pub fn BreakdownPanel(run: RunSummary) -> impl IntoView {
    let known = run.provenance.get("breakdown_s").copied();
    let body = match run.breakdown_s {
        None => {
            view! { <p class="quiet">"No file tells which worker ran what and when, so this cannot be split up."</p> }
                .into_any()
        }
        Some(parts) => {
            let rows = [
                ("call", "In tests", parts.call, "in the bodies of tests, retries included"),
                ("setup", "Setup", parts.setup, "fixtures and other setup"),
                ("teardown", "Teardown", parts.teardown, "teardown of fixtures"),
                (
                    "start-up",
                    "Start-up",
                    parts.start_up,
                    "before each worker's first test: spawning, importing, collecting",
                ),
                ("gap", "Gaps", parts.gap, "between tests on one worker"),
                ("tail", "Idle at the end", parts.tail, "after a worker's last test, while others still ran"),
                ("after", "After", parts.after, "after the last test of all: coverage, reports"),
            ];
            let total: f64 = rows.iter().filter_map(|row| row.2).sum::<f64>().max(f64::MIN_POSITIVE);
            let bar = rows.iter().filter_map(|&(key, name, part, _)| {
                let part = part.filter(|s| *s > 0.0)?;
                let title = format!("{name}: {}", format::seconds(part));
                Some(view! { <span data-part=key style:flex-grow=format!("{}", part / total * 1000.0) title=title></span> })
            });
            let bar = bar.collect_view();
            let list = rows.map(|(key, name, part, what)| {
                let share = part.map(|s| format::percent(s / total)).unwrap_or_default();
                let text = part.map_or("unknown".to_owned(), format::seconds);
                view! {
                    <li class:weak=part.is_none() title=what>
                        <i data-part=key></i>
                        <span class="name">{name}</span>
                        <span class="num" data-metric=format!("breakdown_s.{}", key.replace('-', "_")) data-value=part.map(|s| s.to_string()).unwrap_or_default()>
                            {text}
                        </span>
                        <span class="num share">{share}</span>
                    </li>
                }
            });
            let whole = match (run.workers, run.session_s) {
                (Some(workers), Some(session)) => format!("{workers} × session {}", format::seconds(session)),
                (Some(workers), None) => {
                    format!("{workers} × wall {}", run.wall_s.map(format::seconds).unwrap_or_default())
                }
                _ => String::new(),
            };
            view! {
                <div class="part-bar" aria-hidden="true">{bar}</div>
                <ul class="part-list">{list.into_iter().collect_view()}</ul>
                <p class="sum"><span>{whole}</span><span class="num">{format::seconds(total)}</span></p>
            }
            .into_any()
        }
    };
    view! {
        <section class="panel" aria-labelledby="parts-title">
            <header><h2 id="parts-title">"Where the workers’ time went"</h2>{known.map(|known| view! { <Known known/> })}</header>
            {body}
        </section>
    }
}

//! The verdict in words.

use lanescope_protocol::{Overview, PhraseKind};
use leptos::prelude::*;

use crate::state::{App, View};
use crate::ui::format;

/// The first sentence of the page.
#[component]
pub fn Verdict(overview: Overview) -> impl IntoView {
    let app = App::get();
    let phrases = overview.verdict.into_iter().map(|phrase| {
        let text = phrase.text;
        match phrase.kind {
            PhraseKind::Plain => text.into_any(),
            PhraseKind::Number => view! { <b class="num">{text}</b> }.into_any(),
            PhraseKind::Good => view! { <b class="good">{text}</b> }.into_any(),
            PhraseKind::Bad => view! { <b class="bad">{text}</b> }.into_any(),
            PhraseKind::Test { id } => view! {
                <button class="link test-link" on:click=move |_| {
                    let id = id.clone();
                    app.go(|route| {
                        route.view = View::Timeline;
                        route.test = Some(id);
                    });
                }>{text}</button>
            }
            .into_any(),
        }
    });
    let run = overview.run;
    let facts = [
        run.started_at.as_deref().map(format::started),
        run.dist_mode.map(|mode| format!("--dist {mode}")),
        (!run.groups.is_empty()).then(|| run.groups.join(", ")),
        run.branch,
        run.commit.map(|commit| commit.chars().take(10).collect()),
    ];
    let facts = facts.into_iter().flatten().map(|fact| view! { <span>{fact}</span> }).collect_view();
    let link = run.url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let link = link.map(|url| view! { <a href=url rel="noreferrer noopener" target="_blank">"CI run"</a> });
    view! {
        <div class="verdict">
            <p class="facts"><bdi class="run-label">{run.label}</bdi>{facts}{link}</p>
            <h1>{phrases.collect_view()}</h1>
        </div>
    }
}

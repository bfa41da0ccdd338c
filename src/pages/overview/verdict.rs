//! The verdict in words.

use lanescope_protocol::{Overview, Phrase, PhraseKind};

use crate::state::{App, View};
use crate::ui::el::{El, Nodes, button, div, el, nodes, span};
use crate::ui::format;

/// The first sentence of the page.
pub fn verdict(app: App, overview: &Overview) -> El {
    let phrases: Vec<Nodes> = overview.verdict.iter().map(|phrase| piece(app, phrase)).collect();
    let run = &overview.run;
    let facts = [
        run.started_at.as_deref().map(format::started),
        run.dist_mode.as_ref().map(|mode| format!("--dist {mode}")),
        (!run.groups.is_empty()).then(|| run.groups.join(", ")),
        run.branch.clone(),
        run.commit.as_ref().map(|commit| commit.chars().take(10).collect()),
    ];
    let facts: Vec<El> = facts.into_iter().flatten().map(|fact| span("").with(fact)).collect();
    let link = run.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let link = link.map(|url| {
        let link = el("a", "").attr("href", url).attr("rel", "noreferrer noopener").attr("target", "_blank");
        link.with("CI run")
    });
    let label = el("bdi", "run-label").with(&run.label);
    div("verdict").with((el("p", "facts").with((label, facts, link)), el("h1", "").with(phrases)))
}

fn piece(app: App, phrase: &Phrase) -> Nodes {
    let text = phrase.text.as_str();
    match &phrase.kind {
        PhraseKind::Plain => nodes(text),
        PhraseKind::Number => nodes(el("b", "num").with(text)),
        PhraseKind::Good => nodes(el("b", "good").with(text)),
        PhraseKind::Bad => nodes(el("b", "bad").with(text)),
        PhraseKind::Test { id } => {
            let id = id.clone();
            let open = button("link test-link", move || {
                let id = id.clone();
                app.go(|route| {
                    route.view = View::Timeline;
                    route.test = Some(id);
                });
            });
            nodes(open.with(text))
        }
    }
}

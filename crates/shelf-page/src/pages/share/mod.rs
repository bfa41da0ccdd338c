//! The view `share`: runs as a link or a file, without what is not to be told.

mod state;

use lanescope_protocol::{ShareForm, ShareTexts, Sharing};
use lanescope_ui::ui::el::{El, button, div, el, follow, live, span, when};
use lanescope_ui::ui::{copy_button, copy_text, format};
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use self::state::{State, WAYS, shown};
use super::empty::empty;
use crate::shell::{address, hosted};
use crate::state::Shelf;

/// Lengths of links that come through somewhere, in KB, and where.
const PLACES: [(u64, &str); 4] = [
    (2, "anywhere, also in old mail programs and forms"),
    (8, "most chats, and servers that log addresses"),
    (32, "most issue trackers and wikis"),
    (64, "a comment on GitHub or GitLab"),
];

/// A browser opens no longer address.
const LONGEST: u64 = 2 << 20;

/// The view.
pub fn share_page(shelf: Shelf) -> El {
    let any = Memo::new(move |_| shelf.runs.with(|runs| !runs.is_empty()));
    el("section", "lab-page shelf-page share").with(live(move || {
        if any.get() {
            return page(State::new(shelf));
        }
        empty("Nothing to share yet", "Open a run, and send it on as a link or a file.", &[])
    }))
}

fn page(state: State) -> El {
    let name = move || {
        let all = state.all.get();
        let selected = state.shelf.route.with(|route| route.run.clone());
        state.shelf.runs.with(|runs| {
            let one = runs.iter().find(|run| Some(&run.id) == selected.as_ref()).or_else(|| shown(runs));
            match one {
                _ if all => format!("{} runs", runs.len()),
                Some(run) if run.label.is_empty() => run.id.clone(),
                Some(run) => run.label.clone(),
                None => String::new(),
            }
        })
    };
    let head = div("share-head").with((
        el("h1", "").with("Share"),
        el("p", "quiet").with("A link or a file that opens in any Lanescope. Nothing is sent anywhere from here."),
    ));
    let chosen =
        (head, el("h2", "").live_text(move || format!("What is shared of {}", name())), choices(state), secrets(state));
    let ways = (
        el("h2", "").with("Link with the data"),
        link(state),
        sources(state),
        el("h2", "").with("Files"),
        files(state),
    );
    div("share-body").with(chosen).with(ways)
}

fn check(label: &'static str, what: &'static str, on: impl Fn() -> bool + 'static, set: impl Fn(bool) + 'static) -> El {
    let input = el("input", "").attr("type", "checkbox").attr("data-share", what);
    let node: HtmlInputElement = input.as_node();
    let shown = node.clone();
    follow(move || shown.set_checked(on()));
    let input = input.on("change", move |_: Event| set(node.checked()));
    el("label", "check").with((input, label))
}

fn choice(state: State, label: &'static str, what: &'static str, of: fn(&mut Sharing) -> &mut bool) -> El {
    let on = move || state.sharing.with(|sharing| *of(&mut sharing.clone()));
    check(label, what, on, move |on| state.sharing.update(|sharing| *of(sharing) = on))
}

fn choices(state: State) -> El {
    let text = |label: &'static str, word: &'static str, texts: ShareTexts| {
        let pressed = move || state.sharing.with(|sharing| !sharing.mask_names && sharing.texts == texts);
        button("chip", move || state.sharing.update(|sharing| (sharing.texts, sharing.mask_names) = (texts, false)))
            .attr("data-texts", word)
            .live_attr("aria-pressed", move || if pressed() { "true" } else { "false" })
            .with(label)
    };
    let texts = div("chips").attr("role", "group").attr("aria-label", "Texts of tests").with((
        text("All texts", "all", ShareTexts::All),
        text("Messages only", "messages", ShareTexts::Messages),
        text("No texts", "none", ShareTexts::None),
    ));
    let many = Memo::new(move |_| state.shelf.runs.with(|runs| runs.len() > 1));
    let all = move || check("All runs that are open", "all", move || state.all.get(), move |on| state.all.set(on));
    div("share-choices").with((
        texts,
        div("share-checks").with((
            when(move || many.get(), all),
            choice(state, "Mask names of tests, files and markers", "mask", |s| &mut s.mask_names),
            choice(state, "Leave out names of machines", "hosts", |s| &mut s.hide_hosts),
            choice(state, "Leave out folders of paths", "paths", |s| &mut s.hide_paths),
            choice(state, "Times in whole milliseconds", "rough", |s| &mut s.rough_times),
            choice(state, "Take out what looks like a secret", "secrets", |s| &mut s.remove_secrets),
        )),
    ))
}

/// What was found, and what to do about it, before anything can be copied.
fn secrets(state: State) -> El {
    let shown = move || {
        state.secrets.with(|found| match found {
            None => el("p", "quiet").attr("data-secrets", "").with("Looking for what should stay here …"),
            Some(found) if found.total == 0 => el("p", "quiet")
                .attr("data-secrets", "0")
                .with("Nothing in it looks like a password, a token or a key."),
            Some(found) => {
                let line = |line: &lanescope_protocol::SecretLine| {
                    el("li", "").with((
                        el("b", "").with(&line.kind),
                        format!(" in {}: ", line.place),
                        el("code", "").with(&line.excerpt),
                    ))
                };
                let n = found.total as usize;
                let title = if n == 1 {
                    "1 place looks like a secret".to_owned()
                } else {
                    format!("{n} places look like secrets")
                };
                let left = n - found.lines.len();
                let remove = button("button", move || state.sharing.update(|s| s.remove_secrets = true))
                    .attr("data-action", "remove-secrets")
                    .with("Take them out");
                let allow = check(
                    "Share it all the same",
                    "allow",
                    move || state.allowed.get(),
                    move |on| state.allowed.set(on),
                );
                div("share-secrets").attr("role", "alert").attr("data-secrets", n.to_string()).with((
                    el("h3", "").with(title),
                    el("ul", "").with(found.lines.iter().map(line).collect::<Vec<El>>()),
                    (left > 0).then(|| el("p", "quiet").with(format!("and {left} more"))),
                    div("share-row").with((remove, allow)),
                ))
            }
        })
    };
    div("").with(live(shown))
}

/// What stands before the data of a link.
fn base() -> String {
    format!("{}#/overview?data=", address())
}

/// Goes to the page on a host, in a tab of its own.
fn away(address: &str) -> El {
    let link = el("a", "button").attr("href", address).attr("target", "_blank").attr("rel", "noopener noreferrer");
    link.attr("data-action", "hosted").with("Open in the hosted app")
}

fn link(state: State) -> El {
    let hosted = hosted();
    if hosted.as_ref().is_some_and(String::is_empty) {
        let text = "This report is a file by itself, and knows no page on a host that a link could lead to. \
            `lanescope report --app ADDRESS` makes one that does; or send the file.";
        return div("share-link").with(el("p", "quiet").attr("data-no-app", "").with(text));
    }
    let report = hosted.is_some();
    let copy = move || {
        let Some(data) = state.data.get() else { return el("p", "quiet").with("Packing …") };
        let head = base();
        let length = (head.len() + data.len()) as u64;
        if length > LONGEST {
            let text =
                format!("{} are too long for an address: leave more out, or send a file.", format::bytes(length));
            return el("p", "share-length").attr("data-link-length", length.to_string()).with(text);
        }
        let words = format!("{} ({} characters)", format::bytes(length), format::count(length));
        let address = format!("{head}{data}");
        let open = (report && state.may_leave()).then(|| away(&address));
        let press = state.may_leave().then(|| copy_button(address, "Copy link", false));
        let kept = (!state.may_leave())
            .then(|| el("p", "quiet").with("It can be copied once nothing in it looks like a secret."));
        let row = div("share-row").attr("data-link-length", length.to_string());
        row.with((el("b", "").with(words), press, kept)).with(open)
    };
    let needs = "Whoever gets it needs this page at the same address, and a browser; the data stand in the link itself, \
        behind the #, which browsers do not send to the server.";
    let rows = move || {
        let lengths = state.lengths.get();
        let head = base().len() as u64;
        let row = |(at, (name, leave)): (usize, &(&'static str, state::Leave))| {
            let length = lengths.get(at).copied().flatten().map(|bytes| bytes + head);
            let fits = |&(kb, _): &(u64, &str)| {
                let fits = length.map(|length| length <= kb << 10);
                el("td", "").attr_opt("data-fits", fits.map(|fits| fits.to_string())).with(match fits {
                    Some(true) => "fits",
                    Some(false) => "–",
                    None => "…",
                })
            };
            let leave = *leave;
            let take = (at > 0).then(|| {
                button("link", move || state.sharing.update(leave))
                    .attr("aria-label", format!("Use: {name}"))
                    .with("Use")
            });
            el("tr", "").attr("data-way", at.to_string()).with((
                el("th", "").attr("scope", "row").with(*name),
                el("td", "num").with(length.map_or("…".to_owned(), format::bytes)),
                PLACES.iter().map(fits).collect::<Vec<El>>(),
                el("td", "").with(take),
            ))
        };
        let place = |(kb, place): &(u64, &'static str)| {
            el("th", "").attr("scope", "col").attr("title", *place).with(format!("{kb} KB"))
        };
        let head = el("tr", "").with((
            el("th", "").attr("scope", "col").with("What is left"),
            el("th", "num").attr("scope", "col").with("Length"),
            PLACES.iter().map(place).collect::<Vec<El>>(),
            el("th", "").attr("scope", "col").with(span("sr-only").with("Choose")),
        ));
        el("table", "share-ways").with((
            el("thead", "").with(head),
            el("tbody", "").with(WAYS.iter().enumerate().map(row).collect::<Vec<El>>()),
        ))
    };
    let places: Vec<El> = PLACES
        .iter()
        .map(|(kb, place)| el("li", "").with((el("b", "").with(format!("{kb} KB")), " ", *place)))
        .collect();
    div("share-link").with((
        div("").with(live(copy)),
        el("p", "quiet").with(needs),
        div("share-scroll")
            .attr("tabindex", "0")
            .attr("role", "region")
            .attr("aria-label", "Lengths of the link")
            .with(live(rows)),
        el("ul", "share-places quiet").with(places),
    ))
}

/// A link to where the files came from, where that is known.
fn sources(state: State) -> El {
    let known = Memo::new(move |_| {
        state.shelf.route.with(|route| {
            let mut route = route.clone();
            route.set("data", None);
            (!route.src.is_empty()).then(|| {
                route.view = lanescope_ui::state::View::Overview;
                route.to_fragment()
            })
        })
    });
    let shown = move || {
        let fragment = known.get()?;
        let address = format!("{}{fragment}", address());
        Some(div("share-link").with((
            el("h2", "").with("Link to the files"),
            copy_text(&address),
            el("p", "quiet").with(
                "Short, and always what lies there: whoever gets it needs this page and must be able to read these addresses. \
                 Files that were dropped here are not in it.",
            ),
        )))
    };
    div("").with(live(shown))
}

fn files(state: State) -> El {
    let file = |form: ShareForm, name: &'static str, what: &'static str, word: &'static str| {
        let save = move || if form == ShareForm::Report { state.save_report() } else { state.save(form) };
        let save = button("button", save)
            .attr("data-file", word)
            .live_attr("disabled", move || (!state.may_leave()).then(|| "".to_owned()))
            .with(name);
        div("share-file").with((save, el("p", "quiet").with(what)))
    };
    // A report has no viewer beside it to make another of.
    let one = move || el("p", "quiet").with("CTRF, JUnit XML, CSV and Markdown hold one run: the selected one.");
    let report = hosted().is_none().then(|| {
        file(
            ShareForm::Report,
            "One HTML file",
            "This page with the data in it: opens by itself in any browser, without a server and without a network.",
            "html",
        )
    });
    div("share-files").with(when(move || state.all.get(), one)).with(report).with((
        file(
            ShareForm::Pack,
            "Pack",
            "All that is chosen, as a compact file that opens here again; many runs make a history.",
            "pack",
        ),
        file(
            ShareForm::Ctrf,
            "CTRF",
            "JSON for tools that read the common test report format; opens here with every figure.",
            "ctrf",
        ),
        file(
            ShareForm::Junit,
            "JUnit XML",
            "One document of the run, whatever files it came from; opens here with every figure.",
            "junit",
        ),
        file(ShareForm::TestsCsv, "CSV", "A row for each test, for a spreadsheet.", "csv"),
        file(
            ShareForm::Markdown,
            "Markdown",
            "Figures, failures and slow tests, short enough for a comment.",
            "markdown",
        ),
    ))
}

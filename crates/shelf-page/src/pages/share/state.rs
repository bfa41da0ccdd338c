//! What is shared, and what the worker says of it.

use lanescope_bundle::{About, assemble};
use lanescope_protocol::{RunSummary, Secrets, ShareForm, ShareTexts, Sharing, ShelfAnswer, ShelfRequest};
use lanescope_ui::satellite::desk;
use lanescope_ui::shell::{BUILD, dom, save};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Response;

use crate::shell::{bridge, tell_notes};
use crate::state::Shelf;

/// Ways to leave things out, from all to least: words, and what each leaves out beyond what is chosen.
pub const WAYS: [(&str, Leave); 6] = [
    ("Everything that is chosen above", |_| {}),
    ("Messages, without traces and outputs", |s| s.texts = least(s.texts, ShareTexts::Messages)),
    ("No texts", |s| s.texts = ShareTexts::None),
    ("No texts, times in milliseconds", |s| (s.texts, s.rough_times) = (ShareTexts::None, true)),
    ("Masked names", |s| s.mask_names = true),
    ("Masked names, times in milliseconds", |s| (s.mask_names, s.rough_times) = (true, true)),
];

/// What a way leaves out.
pub type Leave = fn(&mut Sharing);

/// The run that the page shows where the address names none: the one with most workers, then the newest.
pub fn shown(runs: &[RunSummary]) -> Option<&RunSummary> {
    runs.iter().max_by_key(|run| run.workers)
}

fn least(now: ShareTexts, other: ShareTexts) -> ShareTexts {
    if now == ShareTexts::None { now } else { other }
}

/// The state of the view.
#[derive(Clone, Copy)]
pub struct State {
    /// The shelf.
    pub shelf: Shelf,
    /// What is chosen; its runs are filled in when it is asked for.
    pub sharing: RwSignal<Sharing>,
    /// All runs that are open, in place of the selected one.
    pub all: RwSignal<bool>,
    /// Go on although something looks like a secret.
    pub allowed: RwSignal<bool>,
    /// What looks like a secret; `None` while the worker looks.
    pub secrets: RwSignal<Option<Secrets>>,
    /// The data of the link; `None` while the worker packs.
    pub data: RwSignal<Option<String>>,
    /// Bytes of the data by way.
    pub lengths: RwSignal<[Option<u64>; WAYS.len()]>,
    /// Counts up with every question, so that late answers to earlier ones are let go.
    round: RwSignal<u32>,
}

impl State {
    /// Nothing asked yet; asks whenever what is chosen, or what is loaded, changes.
    pub fn new(shelf: Shelf) -> Self {
        let state = Self {
            shelf,
            sharing: RwSignal::new(Sharing::default()),
            all: RwSignal::new(false),
            allowed: RwSignal::new(false),
            secrets: RwSignal::new(None),
            data: RwSignal::new(None),
            lengths: RwSignal::new([None; WAYS.len()]),
            round: RwSignal::new(0),
        };
        let asked = Memo::new(move |_| state.whole());
        Effect::new(move |_| {
            if let Some(sharing) = asked.get() {
                untrack(|| state.ask(&sharing));
            }
        });
        state
    }

    /// What is shared, once the worker has all of it.
    pub fn whole(self) -> Option<Sharing> {
        let one = self.one();
        let runs: Vec<String> = self.shelf.runs.with(|runs| {
            let all = self.all.get();
            runs.iter().map(|run| run.id.clone()).filter(|id| all || Some(id) == one.as_ref()).collect()
        });
        let taken = self.shelf.taken.with(|taken| runs.iter().all(|id| taken.iter().any(|run| run.id == *id)));
        (taken && !runs.is_empty()).then(|| Sharing { runs, ..self.sharing.get() })
    }

    /// The selected run, or the one that the page shows.
    pub fn one(self) -> Option<String> {
        let selected = self.shelf.route.with(|route| route.run.clone());
        self.shelf.runs.with(|runs| {
            let known = |id: &String| runs.iter().any(|run| run.id == *id);
            selected.filter(known).or_else(|| shown(runs).map(|run| run.id.clone()))
        })
    }

    fn ask(self, sharing: &Sharing) {
        let round = self.round.get_untracked() + 1;
        self.round.set(round);
        self.secrets.set(None);
        // What was allowed was what was found then.
        self.allowed.set(false);
        self.data.set(None);
        self.lengths.set([None; WAYS.len()]);
        let sharing = sharing.clone();
        tell_notes(Box::new(move || {
            if self.round.try_get_untracked() == Some(round) {
                self.ask_all(round, &sharing);
            }
        }));
    }

    fn ask_all(self, round: u32, sharing: &Sharing) {
        let current = move || self.round.try_get_untracked() == Some(round);
        desk::ask(&ShelfRequest::Secrets { sharing: sharing.clone() }, move |answer, _| match answer {
            ShelfAnswer::Secrets(found) if current() => self.secrets.set(Some(found)),
            _ => {}
        });
        let link = ShelfRequest::Share { sharing: sharing.clone(), form: ShareForm::Link };
        desk::ask(&link, move |answer, bytes| {
            if current() && matches!(answer, ShelfAnswer::Shared(_)) {
                self.data.set(bytes.and_then(|bytes| String::from_utf8(bytes).ok()));
            }
        });
        for (at, (_, leave)) in WAYS.iter().enumerate() {
            let mut sharing = sharing.clone();
            leave(&mut sharing);
            let length = ShelfRequest::Share { sharing, form: ShareForm::LinkLength };
            desk::ask(&length, move |answer, _| match answer {
                ShelfAnswer::Shared(shared) if current() => self.lengths.update(|lengths| {
                    if let Some(slot) = lengths.get_mut(at) {
                        *slot = Some(shared.bytes);
                    }
                }),
                _ => {}
            });
        }
    }

    /// Whether nothing that looks like a secret keeps it here.
    pub fn may_leave(self) -> bool {
        self.secrets.with(|found| found.as_ref().is_some_and(|found| found.total == 0 || self.allowed.get()))
    }

    /// Saves it as a file; where that holds one run, the selected one.
    pub fn save(self, form: ShareForm) {
        let Some(mut sharing) = untrack(|| self.whole().filter(|_| self.may_leave())) else { return };
        if form != ShareForm::Pack {
            // The other forms hold one run.
            sharing.runs = untrack(|| self.one()).into_iter().collect();
        }
        desk::ask(&ShelfRequest::Share { sharing, form }, |answer, bytes| {
            if let (ShelfAnswer::Shared(shared), Some(bytes)) = (answer, bytes) {
                save::bytes(&bytes, &shared.mime, &shared.name);
            }
        });
    }

    /// Saves it as one HTML file: the viewer, which lies beside the page on its host, with the data in it.
    pub fn save_report(self) {
        let Some(sharing) = untrack(|| self.whole().filter(|_| self.may_leave())) else { return };
        desk::ask(&ShelfRequest::Share { sharing, form: ShareForm::Report }, |answer, bytes| {
            let (ShelfAnswer::Shared(shared), Some(bytes)) = (answer, bytes) else { return };
            spawn_local(async move {
                let about = About { title: shared.name.trim_end_matches(".html"), ..About::default() };
                let made = viewer().await.and_then(|viewer| assemble(&viewer, &bytes, &about).ok());
                match made {
                    Some(html) => save::bytes(html.as_bytes(), &shared.mime, &shared.name),
                    None => bridge::say(
                        "error",
                        "The viewer, viewer.html, could not be fetched from where this page comes from, or is of another \
                         build: reload the page.",
                    ),
                }
            });
        });
    }
}

/// The viewer of the same build as this page.
async fn viewer() -> Option<String> {
    let asked = JsFuture::from(dom::window().fetch_with_str("./viewer.html")).await.ok()?;
    let response: Response = asked.dyn_into().ok().filter(Response::ok)?;
    let viewer = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    // The host may have a newer one than this page by now, and what it reads is not what this page writes.
    viewer.contains(&format!("<meta name=\"lanescope-build\" content=\"{BUILD}\">")).then_some(viewer)
}

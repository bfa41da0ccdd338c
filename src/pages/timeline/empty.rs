//! Nothing to draw: what is missing, and how to get it.

use leptos::prelude::*;

use crate::pages::timeline::notice::How;
use crate::state::{App, View};

/// What stands where the lanes would.
#[component]
pub fn Empty() -> impl IntoView {
    let app = App::get();
    let why = move || app.timeline.with(|t| t.as_ref().map(|t| t.explanation.clone()).unwrap_or_default());
    let how = move || {
        let how = app.timeline.with(|t| t.as_ref().and_then(|t| t.how.clone()))?;
        Some(view! { <div class="empty-how"><p class="quiet">"This records them:"</p><How how/></div> })
    };
    view! {
        <div class="empty timeline-empty">
            <svg class="empty-lanes" viewBox="0 0 220 62" aria-hidden="true">
                <rect x="0" y="2" width="220" height="10" rx="2"/><rect x="0" y="18" width="220" height="10" rx="2"/>
                <rect x="0" y="34" width="220" height="10" rx="2"/><rect x="0" y="50" width="220" height="10" rx="2"/>
            </svg>
            <h1>"No lanes can be drawn for this run"</h1>
            <p>{why}</p>
            {how}
            <p class="quiet">
                "A lane needs to know which worker ran a test, and when. pytest-reportlog tells both; so does a console \
                 log of pytest-xdist with a CI service's timestamps. Without them, times are enough for a simulation."
            </p>
            <button class="button" on:click=move |_| app.go(|route| route.view = View::Tests)>"Show the tests"</button>
        </div>
    }
}

//! A view that the address may name, and that this version does not have.

use leptos::prelude::*;

use crate::state::{App, View};

/// Says so, and offers the way to what is there.
#[component]
pub fn Later(
    /// The view's name.
    name: &'static str,
) -> impl IntoView {
    let app = App::get();
    view! {
        <section class="empty">
            <h1>"There is no " {name} " view in this version"</h1>
            <p>"The link was made by another version of Lanescope. What it names is loaded all the same."</p>
            <button class="button primary" on:click=move |_| app.go(|route| route.view = View::Overview)>
                "Show the overview"
            </button>
        </section>
    }
}

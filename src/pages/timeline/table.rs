//! The lanes as a table: for readers of screens, and for whoever wants the figures.

use leptos::prelude::*;

use crate::pages::timeline::labels::busy_share;
use crate::pages::timeline::notice::unplaced;
use crate::state::App;
use crate::ui::format;

/// A row per lane.
#[component]
pub fn LaneTable() -> impl IntoView {
    let app = App::get();
    let rows = move || {
        app.timeline.with(|timeline| {
            let timeline = timeline.as_ref()?;
            let rows = timeline.lanes.iter().map(|lane| {
                let idle_s = (timeline.to_s - lane.busy_s).max(0.0);
                view! {
                    <tr>
                        <th scope="row">
                            {lane.name.clone()}
                            {lane.crashed.then(|| view! { <span class="tag bad">"died"</span> })}
                        </th>
                        <td>{format::count(lane.attempts.into())}</td>
                        <td data-bad=(lane.bad > 0).then_some("")>{format::count(lane.bad.into())}</td>
                        <td>{format::seconds(lane.busy_s)}</td>
                        <td>{format::percent(busy_share(lane, timeline))}</td>
                        <td>{format::seconds(idle_s)}</td>
                        <td>{format::seconds(lane.first_s)}</td>
                        <td>{format::seconds(lane.last_s)}</td>
                    </tr>
                }
            });
            Some(rows.collect_view())
        })
    };
    view! {
        <div class="lane-table" id="lane-table" tabindex="0" role="region" aria-label="Lanes as a table">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Worker"</th>
                        <th scope="col">"Attempts"</th>
                        <th scope="col">"Failed"</th>
                        <th scope="col">"In tests"</th>
                        <th scope="col">"Busy"</th>
                        <th scope="col">"Idle"</th>
                        <th scope="col">"First start"</th>
                        <th scope="col">"Last stop"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {move || app.timeline.with(|t| t.as_ref().and_then(unplaced)).map(|text| view! { <p class="quiet">{text}</p> })}
        </div>
    }
}

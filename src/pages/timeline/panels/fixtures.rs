//! Setup by the scope of the fixtures that it went to.

use lanescope_protocol::{FixtureReach, FixtureScope, Waterfall};

use crate::pages::timeline::panels::{heading, inferred, share_css};
use crate::ui::el::{El, div, el, span};
use crate::ui::format;

/// "Lost to fixtures"; nothing where no setup is recorded.
pub(super) fn fixtures(waterfall: &Waterfall) -> Option<El> {
    let all: f64 = waterfall.fixtures.iter().map(|scope| scope.seconds).sum();
    let scopes = waterfall.fixtures.iter().map(|scope| row(scope, all.max(f64::MIN_POSITIVE)));
    let scopes: Vec<El> = scopes.collect();
    (!scopes.is_empty()).then(|| {
        div("fixtures").with((
            heading("Lost to fixtures", inferred()),
            el("ul", "fixture-rows").with(scopes),
            el("p", "panel-note").with(&waterfall.fixtures_note),
        ))
    })
}

fn row(scope: &FixtureScope, all: f64) -> El {
    let name = match scope.scope {
        FixtureReach::Session => "Session",
        FixtureReach::Module => "Module",
        FixtureReach::Class => "Class",
        FixtureReach::Function => "Function",
    };
    let bar = span("size-bar").with(span("").attr("data-part", "setup").style("width", share_css(scope.seconds / all)));
    let worst = scope.worst.iter().take(3).map(|place| {
        let place_name = el("bdi", "name").attr("title", &place.place).with(&place.place);
        span("fixture-place").with((place_name, span("num").with(format::seconds(place.seconds))))
    });
    let worst: Vec<El> = worst.collect();
    el("li", "fixture").with((
        span("").with(name),
        bar,
        span("num").with(format::seconds(scope.seconds)),
        span("num quiet").with(format::plural(scope.times.into(), "time", "times")),
        span("fixture-worst").with(worst),
    ))
}

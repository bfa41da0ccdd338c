//! Where more workers stop paying.

use lanescope_protocol::{Knee, Mode, Point};

/// Within so much of the best of the curve.
const NEAR_BEST: f64 = 0.1;

/// The fewest workers whose makespan is within 10 % of the best of all points; `None` with fewer than three points.
/// Curves need not fall (Graham's anomalies), so every point is looked at.
#[must_use]
pub fn knee(points: &[Point]) -> Option<Knee> {
    if points.len() < 3 {
        return None;
    }
    let workers = |p: &Point| if p.mode == Mode::Shards { p.shards } else { p.workers };
    let best = points.iter().map(|p| p.makespan_s).reduce(f64::min)?;
    let near = points.iter().filter(|p| p.makespan_s <= best * (1.0 + NEAR_BEST));
    let knee = near.reduce(|a, b| if workers(b) < workers(a) { b } else { a })?;
    Some(Knee {
        workers: workers(knee),
        makespan_s: knee.makespan_s,
        rule: "The fewest workers whose makespan is within 10 % of the best on the curve.".to_owned(),
    })
}

//! nextest's overrides.

use lanescope_protocol::Mode;

use super::quote::quoted;
use super::{Around, Made};

/// So many tests get a priority.
const NAMED: usize = 50;

/// A name inside a matcher of a filterset: `\`, `/`, `)` and `,` have a meaning there (nextest-filtering, `parsing/
/// unicode_string.rs`).
fn matcher(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\\' | '/' | ')' | ',' => text.extend(['\\', c]),
            c => text.push(c),
        }
    }
    text
}

pub(super) fn overrides(around: &Around<'_>) -> Made {
    let plan = &around.planned.plan;
    let mut text = format!("[profile.default]\ntest-threads = {}\n", plan.workers);
    let slowest: Vec<u32> = around
        .slowest()
        .into_iter()
        .filter(|&row| around.planned.tests.whole(row) > 0)
        .take(NAMED.min(around.planned.tests.len() / 2))
        .collect();
    let mut priority = vec![0; around.planned.tests.len()];
    for (place, &row) in (0_i32..).zip(&slowest) {
        let own = 100 - place;
        if let Some(slot) = priority.get_mut(row as usize) {
            *slot = own;
        }
        let work_row = around.planned.tests.row.get(row as usize).copied().unwrap_or(u32::MAX);
        let Some(&test) = around.work.test_ids.get(work_row as usize) else { continue };
        let mut filter = format!("test(={})", matcher(around.run.test_name(test)));
        let suite = around.run.suite(test);
        if !suite.is_empty() {
            filter = format!("binary_id(={}) and {filter}", matcher(suite));
        }
        text.push_str(&format!("\n[[profile.default.overrides]]\nfilter = {}\npriority = {own}\n", quoted(&filter)));
    }
    let to_us = around.makespan_us(Mode::Slots, &|planned| planned.tests.priority.clone_from(&priority));
    let how = "Add it to .config/nextest.toml; priorities need nextest 0.9.91 or later.".to_owned();
    Made { name: "nextest.toml", mime: "application/toml", text, how, to_us: Some(to_us) }
}

//! Shards: pytest-split's durations, a GitHub matrix, Playwright's lines.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use lanescope_analysis::fixed;
use lanescope_model::us_to_s;
use lanescope_protocol::Mode;

use super::quote::quoted;
use super::{Around, Made};
use crate::replay::pieces;

/// How many machines, and with which mode and workers each.
fn machines(around: &Around<'_>) -> (u32, Mode, u32) {
    let plan = &around.planned.plan;
    let most = crate::replay::MAX_WORKERS;
    if plan.mode == Mode::Shards {
        (plan.workers.clamp(1, most), Mode::Load, 1)
    } else {
        (plan.shards.clamp(1, most), plan.mode, plan.workers)
    }
}

pub(super) fn durations(around: &Around<'_>) -> Made {
    let tests = &around.planned.tests;
    let mut rows: Vec<(&str, i64)> = Vec::new();
    for &row in &around.planned.rows {
        rows.push((around.node_id(row), tests.whole(row)));
    }
    lanescope_model::order::sort(&mut rows, &|a, b| a.cmp(b));
    let mut text = String::from("{\n");
    let mut rows = rows.chunk_by(|a, b| a.0 == b.0).peekable();
    while let Some(same) = rows.next() {
        // The parts of a test that is cut are one test still.
        let us = same.iter().fold(0_i64, |sum, row| sum.saturating_add(row.1));
        let id = same.first().map_or("", |row| row.0);
        let comma = if rows.peek().is_some() { "," } else { "" };
        // Six decimals: pytest-split's own are longer, and mean no more.
        text.push_str(&format!("    {}: {}.{:06}{comma}\n", quoted(id), us / 1_000_000, us % 1_000_000));
    }
    text.push_str("}\n");
    let (shards, _, _) = machines(around);
    let how = format!(
        "Save it as .test_durations in the root folder and run pytest --splits {shards} --group 1 to {shards} \
         (pytest-split), one on each machine."
    );
    let plan = &around.planned.plan;
    Made {
        name: ".test_durations",
        mime: "application/json",
        text,
        how,
        to_us: Some(around.makespan_us(plan.mode, &|_| {})),
    }
}

/// A shard's time and files, each with its rows.
type Shard<'a> = (i64, Vec<(&'a str, Vec<u32>)>);

/// Whole files on shards, longest first, each to the shard with the least time.
fn balanced<'a>(around: &'a Around<'_>, shards: u32) -> Vec<Shard<'a>> {
    let tests = &around.planned.tests;
    let mut files: Vec<(i64, &str, Vec<u32>)> = Vec::new();
    for &row in &around.planned.rows {
        let file = tests.file.get(row as usize).copied().unwrap_or(0) as usize;
        while files.len() <= file {
            files.push((0, "", Vec::new()));
        }
        if let Some(slot) = files.get_mut(file) {
            slot.0 = slot.0.saturating_add(tests.whole(row));
            slot.1 = around.file(row);
            slot.2.push(row);
        }
    }
    files.retain(|file| !file.2.is_empty());
    lanescope_model::order::sort(&mut files, &|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let mut all: Vec<Shard<'_>> = vec![(0, Vec::new()); shards as usize];
    let mut heap: BinaryHeap<Reverse<(i64, u32)>> = (0..shards).map(|i| Reverse((0, i))).collect();
    for (us, name, rows) in files {
        let Some(mut least) = heap.peek_mut() else { break };
        let Reverse((sum, shard)) = *least;
        let sum = sum.saturating_add(us);
        if let Some(to) = all.get_mut(shard as usize) {
            to.0 = sum;
            to.1.push((name, rows));
        }
        *least = Reverse((sum, shard));
    }
    all
}

pub(super) fn matrix(around: &Around<'_>) -> Made {
    let (shards, mode, workers) = machines(around);
    let all = balanced(around, shards);
    let mut text = String::from("{\"include\": [\n");
    let mut rows_of = Vec::new();
    for (i, (us, files)) in all.iter().enumerate() {
        let mut names: Vec<&str> = files.iter().map(|file| file.0).collect();
        lanescope_model::order::sort(&mut names, &|a, b| a.cmp(b));
        names.dedup();
        let names: Vec<String> = names.into_iter().map(quoted).collect();
        let comma = if i + 1 < all.len() { "," } else { "" };
        text.push_str(&format!(
            "  {{\"shard\": {}, \"shards\": {shards}, \"seconds\": {}, \"files\": [{}]}}{comma}\n",
            i + 1,
            fixed(us_to_s(*us), 1),
            names.join(", ")
        ));
        let mut rows: Vec<u32> = files.iter().flat_map(|file| file.1.iter().copied()).collect();
        rows.sort_unstable();
        rows_of.push(rows);
    }
    text.push_str("]}\n");
    let how = "Print it to $GITHUB_OUTPUT in a first job and use it as strategy.matrix: ${{ fromJSON(…) }}. Hand the \
               files over by the environment (FILES: ${{ toJSON(matrix.files) }}) and run \
               echo \"$FILES\" | jq -r '.[]' | xargs -d '\\n' pytest, so that no name is read as a command."
        .to_owned();
    let to_us = Some(around.longest_of_us(&rows_of, mode, workers));
    Made { name: "matrix.json", mime: "application/json", text, how, to_us }
}

pub(super) fn playwright(around: &Around<'_>) -> Made {
    let (shards, _, workers) = machines(around);
    let tests = &around.planned.tests;
    // Playwright cuts by count, in order. Weights that are counts themselves cut where we want.
    let fully_parallel = around.planned.fully_parallel;
    let key = |row: u32| if fully_parallel { row } else { tests.file.get(row as usize).copied().unwrap_or(0) };
    let (dealt, ends) = pieces(&around.planned.rows, &key, false);
    let total = tests.busy_us();
    let mut machines: Vec<Vec<u32>> = vec![Vec::new(); shards as usize];
    let mut sum = 0_i64;
    let mut from = 0;
    for end in ends {
        let piece = dealt.get(from..end as usize).unwrap_or_default();
        from = end as usize;
        let us =
            piece.iter().fold(0_i64, |sum, &row| sum.saturating_add(tests.us.get(row as usize).copied().unwrap_or(0)));
        // A piece goes where its middle falls.
        let middle = sum.saturating_add(us / 2) as f64 / (total as f64).max(1.0);
        sum = sum.saturating_add(us);
        let shard = ((middle * f64::from(shards)) as usize).min(shards as usize - 1);
        if let Some(machine) = machines.get_mut(shard) {
            machine.extend(piece);
        }
    }
    let weights: Vec<String> = machines.iter().map(|rows| rows.len().to_string()).collect();
    let mut text = String::new();
    for (i, rows) in machines.iter().enumerate() {
        let us = around.longest_of_us(std::slice::from_ref(rows), Mode::Playwright, workers);
        text.push_str(&format!(
            "# {} tests, {} s\nPWTEST_SHARD_WEIGHTS={} npx playwright test --shard={}/{shards} --workers={workers}\n",
            rows.len(),
            fixed(us_to_s(us), 1),
            weights.join(":"),
            i + 1
        ));
    }
    let how = "One line for each machine. Playwright cuts by the number of tests; the weights, which its own CI uses and \
               its documentation does not name, move the cuts to where the times are even. They are those of this set of \
               tests: make them anew when tests come or go."
        .to_owned();
    let to_us = Some(around.longest_of_us(&machines, Mode::Playwright, workers));
    Made { name: "shards.sh", mime: "text/x-shellscript", text, how, to_us }
}

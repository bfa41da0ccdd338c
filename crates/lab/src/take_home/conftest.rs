//! Snippets for `conftest.py`.

use lanescope_protocol::Mode;

use super::quote::{comment, quoted};
use super::{Around, Made};

/// So many slow tests are named at most.
const NAMED: usize = 200;

/// The slowest tests that together hold half of the time.
fn slow(around: &Around<'_>) -> Vec<u32> {
    let tests = &around.planned.tests;
    let all = tests.busy_us();
    let mut sum = 0_i64;
    let mut slow = around.slowest();
    let count = slow
        .iter()
        .take_while(|&&row| {
            let more = sum < all / 2;
            sum = sum.saturating_add(tests.whole(row));
            more && tests.whole(row) > 0
        })
        .count();
    slow.truncate(count.min(NAMED));
    slow
}

pub(super) fn slow_first(around: &Around<'_>) -> Made {
    let slow = slow(around);
    let mut text = format!(
        "\"\"\"Runs slow tests first. Times are those of the run {}.\"\"\"\n\nimport pytest\n\n# Seconds.\nSLOW = {{\n",
        comment(&around.work.run).replace(['"', '\\'], " ")
    );
    for &row in &slow {
        let seconds = lanescope_analysis::fixed(lanescope_model::us_to_s(around.planned.tests.whole(row)), 3);
        text.push_str(&format!("    {}: {seconds},\n", quoted(around.node_id(row))));
    }
    text.push_str(
        "}\n\n\n\
         @pytest.hookimpl(trylast=True)\n\
         def pytest_collection_modifyitems(items):\n    \
         def seconds(item):\n        \
         # --dist loadgroup appends the group.\n        \
         return SLOW.get(item.nodeid) or SLOW.get(item.nodeid.rpartition(\"@\")[0], 0.0)\n\n    \
         items.sort(key=seconds, reverse=True)\n",
    );
    let order = rows_with_first(around, &slow);
    let to_us = around.makespan_us(Mode::Load, &|planned| {
        planned.plan.max_chunk = Some(1);
        planned.rows.clone_from(&order);
    });
    let how = format!(
        "Add it to conftest.py in the root folder and run pytest -n {} --dist load --maxschedchunk=1: with larger \
         chunks the first worker would get all slow tests.",
        around.planned.plan.workers
    );
    Made { name: "conftest.py", mime: "text/x-python", text, how, to_us: Some(to_us) }
}

/// All rows, these first.
fn rows_with_first(around: &Around<'_>, first: &[u32]) -> Vec<u32> {
    let mut named = vec![false; around.planned.tests.len()];
    for &row in first {
        if let Some(named) = named.get_mut(row as usize) {
            *named = true;
        }
    }
    let rest = around.planned.rows.iter().copied().filter(|&row| named.get(row as usize) == Some(&false));
    first.iter().copied().chain(rest).collect()
}

/// A name that pytest-xdist takes for a group as it stands: without `@` and `]`, which it cuts at.
fn group_name(file: &str, part: usize) -> String {
    let clean: String = file.chars().map(|c| if matches!(c, '@' | ']' | '[') { '_' } else { c }).collect();
    format!("{clean} {part}")
}

pub(super) fn groups(around: &Around<'_>) -> Made {
    let tests = &around.planned.tests;
    let workers = i64::from(around.planned.plan.workers.max(1));
    // A piece of half the even share leaves room to level the others out.
    let most = (tests.busy_us() / workers / 2).max(1);
    let mut files: Vec<(i64, Vec<u32>)> = Vec::new();
    for &row in &around.planned.rows {
        let file = tests.file.get(row as usize).copied().unwrap_or(0) as usize;
        if files.len() <= file {
            files.resize(file + 1, (0, Vec::new()));
        }
        if let Some((us, rows)) = files.get_mut(file) {
            *us = us.saturating_add(tests.us.get(row as usize).copied().unwrap_or(0));
            rows.push(row);
        }
    }
    let mut text = String::from(
        "\"\"\"Keeps the tests of a file together, and cuts long files into parts: for --dist loadgroup.\"\"\"\n\n\
         import pytest\n\n# The groups of tests in long files.\nPARTS = {\n",
    );
    let mut group_of = tests.file.clone();
    let mut next_group = files.len() as u32;
    for (us, rows) in files.iter().filter(|(us, rows)| *us > most && rows.len() > 1) {
        let share = us / ((us + most - 1) / most).max(1);
        let (mut part, mut sum) = (1, 0_i64);
        for &row in rows {
            if sum >= share {
                (part, sum) = (part + 1, 0);
                next_group += 1;
            }
            sum = sum.saturating_add(tests.us.get(row as usize).copied().unwrap_or(0));
            let name = group_name(around.file(row), part);
            text.push_str(&format!("    {}: {},\n", quoted(around.node_id(row)), quoted(&name)));
            if let Some(group) = group_of.get_mut(row as usize) {
                *group = next_group;
            }
        }
        next_group += 1;
    }
    text.push_str(
        "}\n\n\n\
         def group(nodeid):\n    \
         file = nodeid.partition(\"::\")[0]\n    \
         # pytest-xdist cuts names at these.\n    \
         return PARTS.get(nodeid) or \"\".join(\"_\" if c in \"@[]\" else c for c in file)\n\n\n\
         @pytest.hookimpl(tryfirst=True)\n\
         def pytest_collection_modifyitems(items):\n    \
         for item in items:\n        \
         if item.get_closest_marker(\"xdist_group\") is None:\n            \
         item.add_marker(pytest.mark.xdist_group(group(item.nodeid)))\n",
    );
    let to_us = around.makespan_us(Mode::Loadgroup, &|planned| planned.tests.group.clone_from(&group_of));
    let how = format!(
        "Add it to conftest.py in the root folder and run pytest -n {workers} --dist loadgroup. Groups that tests \
         have already stay."
    );
    Made { name: "conftest.py", mime: "text/x-python", text, how, to_us: Some(to_us) }
}

//! The pytest command line, its ini lines, and node ids in order.

use lanescope_protocol::{Mode, TestOrder};

use super::{Around, Made};

/// The options of the plan; the mode of a plan that pytest does not have is `load` or shards.
fn options(around: &Around<'_>) -> (String, Mode) {
    let plan = &around.planned.plan;
    let mode = match plan.mode {
        Mode::Worksteal | Mode::Loadscope | Mode::Loadfile | Mode::Loadgroup | Mode::Shards => plan.mode,
        Mode::Load | Mode::Lpt | Mode::Slots | Mode::Playwright => Mode::Load,
    };
    let workers = plan.workers;
    let mut options =
        if mode == Mode::Shards { String::new() } else { format!("-n {workers} --dist {}", mode.as_str()) };
    if let (Some(chunk), Mode::Load) = (plan.max_chunk, mode) {
        options.push_str(&format!(" --maxschedchunk={chunk}"));
    }
    if !plan.reorder_scopes && matches!(mode, Mode::Loadscope | Mode::Loadfile | Mode::Loadgroup) {
        options.push_str(" --no-loadscope-reorder");
    }
    (options, mode)
}

pub(super) fn command(around: &Around<'_>) -> Made {
    let plan = &around.planned.plan;
    let (options, mode) = options(around);
    let shards = if mode == Mode::Shards { plan.workers } else { plan.shards };
    let mut text = String::new();
    if shards > 1 {
        let algorithm = match plan.split {
            lanescope_protocol::Split::LeastDuration => " --splitting-algorithm least_duration",
            _ => "",
        };
        for shard in 1..=shards {
            let line = format!("pytest --splits {shards} --group {shard}{algorithm} {options}");
            text.push_str(line.trim_end());
            text.push('\n');
        }
    } else {
        text = format!("pytest {options}").trim_end().to_owned() + "\n";
    }
    let how = if shards > 1 {
        "One line for each machine; needs pytest-split and its .test_durations, and pytest-xdist for -n."
    } else {
        "Run it in the project; needs pytest-xdist."
    };
    let order = if plan.order == TestOrder::SlowFirst {
        " The order needs the conftest.py that runs slow tests first."
    } else {
        ""
    };
    let to_us = Some(around.makespan_us(mode, &|_| {}));
    Made { name: "command.sh", mime: "text/x-shellscript", text, how: format!("{how}{order}"), to_us }
}

pub(super) fn ini(around: &Around<'_>) -> Made {
    let (options, mode) = options(around);
    let text = format!("[pytest]\naddopts = {options}\n");
    let how =
        "Put the line into pytest.ini; in pyproject.toml it is addopts under [tool.pytest.ini_options], in quotes. \
               Switch it off for one run with -n 0."
            .to_owned();
    let to_us = (mode != Mode::Shards && around.planned.plan.shards <= 1).then(|| around.makespan_us(mode, &|_| {}));
    Made { name: "pytest.ini", mime: "text/plain", text, how, to_us }
}

pub(super) fn node_ids(around: &Around<'_>) -> Made {
    let mut text = String::new();
    let mut left_out = 0;
    for row in around.slowest() {
        let id = around.node_id(row);
        // A file of arguments has one a line.
        if id.contains(['\n', '\r']) || id.is_empty() {
            left_out += 1;
        } else {
            text.push_str(id);
            text.push('\n');
        }
    }
    let missing = if left_out > 0 { format!(" {left_out} ids that span lines are left out.") } else { String::new() };
    let how = format!(
        "pytest reads its arguments from a file with pytest @slow-first.txt (8.2 or later), in this order. With -n use \
         --dist load --maxschedchunk=1, so that the first worker does not get all slow tests.{missing}"
    );
    let slowest = around.slowest();
    let to_us = Some(around.makespan_us(Mode::Load, &|planned| {
        planned.plan.max_chunk = Some(1);
        planned.rows.clone_from(&slowest);
    }));
    Made { name: "slow-first.txt", mime: "text/plain", text, how, to_us }
}

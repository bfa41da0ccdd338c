//! The replay of `load`, `worksteal` and the grouped modes beside a message-by-message model of pytest-xdist 3.8,
//! written after its Python source, with controller and workers as objects that send each other messages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test may stop at what it did not expect"
)]

mod xdist;

use lanescope_lab::replay::{Setting, TestTable, lower_bound_us, schedule};
use lanescope_protocol::{Mode, Split};
use proptest::prelude::*;

fn table(tests: &[(i64, u32, u32)]) -> TestTable {
    TestTable {
        us: tests.iter().map(|t| t.0).collect(),
        file: tests.iter().map(|t| t.1).collect(),
        scope: tests.iter().map(|t| t.1 * 3 + t.2).collect(),
        group: tests.iter().enumerate().map(|(i, t)| if t.2 == 0 { 100 + i as u32 } else { t.2 }).collect(),
        row: (0..tests.len() as u32).collect(),
        ..TestTable::default()
    }
}

fn rows(table: &TestTable) -> Vec<u32> {
    (0..table.len() as u32).collect()
}

/// Tests with times around the 0.1 s at which `load` changes its mind, in files one after another.
fn tests(most: usize) -> impl Strategy<Value = Vec<(i64, u32, u32)>> {
    let us = prop_oneof![1_i64..2_000, 50_000_i64..200_000, Just(100_000_i64), 1_i64..5];
    prop::collection::vec((us, 0_u32..6, 0_u32..3), 0..most)
}

fn setting(mode: Mode, workers: u32, gap_us: i64, ramp_us: i64, max_chunk: Option<u32>) -> Setting<'static> {
    Setting { gap_us, ramp_us, max_chunk, ..Setting::new(mode, workers) }
}

proptest! {
    #[test]
    fn xdist_modes_are_those_of_a_message_by_message_model(
        tests in tests(90), workers in 1_u32..10, gap in 0_i64..50, ramp in 0_i64..3_000,
        chunk in prop::option::of(1_u32..8), fixtures in prop::option::of((0_i64..5_000, 0_i64..900, 0_i64..500)),
    ) {
        let mut table = table(&tests);
        if let Some((session, file, scope)) = fixtures {
            table.session_us = session;
            table.file_us = (0..6).map(|i| file * i % 1_000).collect();
            table.scope_us = (0..18).map(|i| scope * (i % 4)).collect();
        }
        for mode in [Mode::Load, Mode::Worksteal, Mode::Loadscope, Mode::Loadfile, Mode::Loadgroup] {
            let setting = setting(mode, workers, gap, ramp, chunk);
            let got = schedule(&table, &rows(&table), &setting, &|_| 0);
            let expected = xdist::run(&table, &setting);
            prop_assert_eq!(&got.worker, &expected.worker, "{:?}", mode);
            let first = expected.start_us.iter().min().copied().unwrap_or(0);
            let starts: Vec<i64> = expected.start_us.iter().map(|s| s - first).collect();
            prop_assert_eq!(&got.start_us, &starts, "{:?}", mode);
        }
    }

    #[test]
    fn no_schedule_beats_the_bound_and_all_work_is_done_once(
        tests in tests(120), workers in 1_u32..12, gap in 0_i64..50, zeros in any::<bool>(),
        shared in (0_i64..3_000, 0_i64..900),
    ) {
        let mut table = table(&tests);
        if zeros {
            table.us.iter_mut().step_by(3).for_each(|us| *us = 0);
        }
        table.session_us = shared.0;
        table.file_us = vec![shared.1; 6];
        for mode in Mode::ALL {
            for split in [Split::Chunks, Split::LeastDuration, Split::Slice, Split::Hash, Split::Count] {
                let setting = Setting { split, ..setting(mode, workers, gap, 0, None) };
                let got = schedule(&table, &rows(&table), &setting, &|row| u64::from(row) * 7919);
                prop_assert!(got.makespan_us >= lower_bound_us(&table, &setting, workers), "{:?} {:?}", mode, split);
                prop_assert!(got.worker.iter().all(|&w| w < workers));
                let mut ends = vec![i64::MIN; workers as usize];
                let mut order: Vec<usize> = (0..table.len()).collect();
                order.sort_by_key(|&row| (got.start_us[row], got.start_us[row] + got.length_us[row]));
                for row in order {
                    let end = &mut ends[got.worker[row] as usize];
                    prop_assert!(got.start_us[row] >= *end, "two tests at once on one worker: {:?}", mode);
                    prop_assert!(got.length_us[row] >= table.us[row]);
                    *end = got.start_us[row] + got.length_us[row];
                }
                if mode != Mode::Shards {
                    // How shards are cut matters to them alone.
                    break;
                }
            }
        }
    }

    #[test]
    fn one_worker_takes_the_sum(tests in tests(80), gap in 0_i64..50) {
        let table = table(&tests);
        let sum = table.busy_us() + gap * (table.len() as i64 - 1).max(0);
        for mode in Mode::ALL {
            let got = schedule(&table, &rows(&table), &setting(mode, 1, gap, 0, None), &|_| 0);
            prop_assert_eq!(got.makespan_us, sum, "{:?}", mode);
            prop_assert_eq!(got.busy_us, table.busy_us());
        }
    }

    /// Graham 1969, against the best of all schedules, found by trying them.
    #[test]
    fn longest_first_is_within_its_guarantee(us in prop::collection::vec(1_i64..100, 1..9), workers in 1_u32..5) {
        let tests: Vec<_> = us.iter().map(|&us| (us, 0, 0)).collect();
        let table = table(&tests);
        let got = schedule(&table, &rows(&table), &setting(Mode::Lpt, workers, 0, 0, None), &|_| 0);
        let best = best(&us, &mut vec![0; workers as usize]);
        let m = i64::from(workers);
        prop_assert!(got.makespan_us * 3 * m <= best * (4 * m - 1), "{} {}", got.makespan_us, best);
    }
}

fn best(us: &[i64], loads: &mut Vec<i64>) -> i64 {
    let Some((first, rest)) = us.split_first() else { return loads.iter().copied().max().unwrap_or(0) };
    (0..loads.len())
        .map(|i| {
            loads[i] += first;
            let found = best(rest, loads);
            loads[i] -= first;
            found
        })
        .min()
        .unwrap()
}

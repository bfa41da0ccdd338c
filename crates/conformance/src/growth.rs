//! Whether reading takes a time that grows with what is read, whatever stands in it again and again.

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::fuzz::open;
use crate::repeat;

/// Sizes that are compared, bytes. In the square of its size the larger takes sixteen times as long.
const SIZES: [usize; 2] = [250_000, 1_000_000];
/// What takes less than this, seconds, is not looked at again: it would be 4 s for 100 MB.
const QUICK_S: f64 = 0.04;
/// More than so many times as long is more than its size allows: four times, and what caches and other work on the machine
/// make of it.
const STEEP: f64 = 10.0;

/// A report in which a part stands again and again.
#[derive(Clone, Debug)]
pub struct Growth {
    /// The fixture.
    pub file: String,
    /// What stands again.
    pub what: String,
    /// Time for a megabyte, seconds.
    pub large_s: f64,
    /// How many times as long as a quarter of it.
    pub times: f64,
}

impl Growth {
    /// Whether it takes longer than its size allows.
    #[must_use]
    pub fn is_steep(&self) -> bool {
        self.large_s >= QUICK_S && self.times > STEEP
    }
}

/// The best of some turns, seconds.
fn best_s(turns: usize, content: &[u8]) -> f64 {
    let turn = || {
        let bytes = content.to_vec();
        let start = Instant::now();
        open(bytes);
        start.elapsed().as_secs_f64()
    };
    (0..turns).map(|_| turn()).fold(f64::INFINITY, f64::min)
}

/// Tries all parts of all fixtures; those that take long, the longest first, and how many were tried.
///
/// # Errors
/// Folders that cannot be read.
pub fn measure_all(fixtures: &Path) -> anyhow::Result<(Vec<Growth>, usize)> {
    let (mut found, mut tried) = (Vec::new(), 0);
    for folder in fs::read_dir(fixtures)? {
        let folder = folder?.path();
        // Sources that reports were made of.
        let is_source = folder.file_name().is_some_and(|name| name.to_string_lossy().ends_with("project"));
        if !folder.is_dir() || is_source {
            continue;
        }
        for file in fs::read_dir(folder)? {
            let path = file?.path();
            let is_small = fs::metadata(&path).is_ok_and(|m| m.is_file() && m.len() < SIZES[0] as u64);
            for repeated in if is_small { repeat::all(&fs::read(&path)?) } else { Vec::new() } {
                tried += 1;
                let read_s = |bytes: usize, turns: usize| {
                    let content = repeated.of_size(bytes);
                    best_s(turns, &content)
                };
                if read_s(SIZES[1], 1) < QUICK_S {
                    continue;
                }
                let (small_s, large_s) = (read_s(SIZES[0], 3), read_s(SIZES[1], 3));
                let (file, what) = (path.display().to_string(), repeated.what.clone());
                found.push(Growth { file, what, large_s, times: large_s / small_s.max(1e-6) });
            }
        }
    }
    found.sort_by(|a, b| b.large_s.total_cmp(&a.large_s));
    Ok((found, tried))
}

//! Go's benchmarks, in what `go test -bench` prints, as text and as JSON.
//!
//! | part of the line | becomes |
//! | --- | --- |
//! | `BenchmarkA/size=16-8` | name, with its package before it and without the number of processors, if it is that |
//! | the number after it | iterations |
//! | `12.5 ns/op` | a round: time of an iteration; lines of one name (`-count`) are rounds of one benchmark |
//! | `8 B/op`, `1 allocs/op`, `218 MB/s`, … | left out |

use hashbrown::HashMap;
use lanescope_model::decimal;

use super::kit::Sheet;
use super::kit::bench::{Mark, Rows, of_rounds};

struct Bench {
    name: String,
    package: String,
    rounds: Vec<f64>,
    /// In each round, where that is the same in all.
    iterations: Option<u64>,
}

#[derive(Default)]
pub(super) struct GoBenches {
    all: Vec<Bench>,
    by_name: HashMap<String, usize, foldhash::fast::FixedState>,
}

/// Whether this is the name of a benchmark, which no test has.
pub(super) fn is_benchmark(name: &str) -> bool {
    name.starts_with("Benchmark")
}

/// Name, iterations and seconds of one iteration.
fn result(line: &str) -> Option<(&str, u64, f64)> {
    let mut words = line.split_ascii_whitespace();
    let name = words.next().filter(|name| is_benchmark(name))?;
    let iterations = words.next()?.parse().ok()?;
    let mut before = "";
    for word in words {
        if word == "ns/op" {
            let ns = decimal(before).filter(|ns| ns.is_finite() && *ns >= 0.0)?;
            return Some((name, iterations, ns * 1e-9));
        }
        before = word;
    }
    None
}

/// The number that a name ends with, with the hyphen before it.
fn processors(name: &str) -> Option<&str> {
    let number = name.get(name.rfind('-')?..)?;
    (number.len() > 1 && number.bytes().skip(1).all(|b| b.is_ascii_digit())).then_some(number)
}

impl GoBenches {
    /// Takes a line, if it is the result of a benchmark.
    pub(super) fn line(&mut self, package: &str, line: &str) -> bool {
        let Some((name, iterations, seconds)) = result(line) else { return false };
        let name = if package.is_empty() { name.to_owned() } else { format!("{package}.{name}") };
        let at = self.by_name.get(&name).copied().unwrap_or_else(|| {
            self.by_name.insert(name.clone(), self.all.len());
            let package = package.to_owned();
            self.all.push(Bench { name, package, rounds: Vec::new(), iterations: Some(iterations) });
            self.all.len() - 1
        });
        if let Some(bench) = self.all.get_mut(at) {
            bench.rounds.push(seconds);
            bench.iterations = bench.iterations.filter(|n| *n == iterations);
        }
        true
    }

    /// Puts them on the sheet, as measured at a point in time.
    pub(super) fn finish(&mut self, format: &str, at_us: Option<i64>, sheet: &mut Sheet) {
        if self.all.is_empty() {
            return;
        }
        let mut rows = Rows::default();
        rows.at_us = at_us;
        // Go adds the number of processors to every name of a package, or, where it is one, to none: what differs from name
        // to name is a part of the name, or the processors are what is compared.
        let mut of_package: HashMap<String, Option<String>, foldhash::fast::FixedState> = HashMap::default();
        for bench in &self.all {
            let number = processors(&bench.name).map(str::to_owned);
            match of_package.get_mut(&bench.package) {
                Some(known) if *known != number => *known = None,
                Some(_) => {}
                None => drop(of_package.insert(bench.package.clone(), number)),
            }
        }
        for mut bench in self.all.drain(..) {
            if let Some(Some(number)) = of_package.get(&bench.package) {
                bench.name.truncate(bench.name.len().saturating_sub(number.len()));
            }
            let (name, group, iterations) = (bench.name.as_str(), bench.package.as_str(), bench.iterations);
            let rounds = Some(bench.rounds.len() as u64);
            let stats = of_rounds(bench.rounds);
            rows.add(&Mark { name, group, stats, rounds, iterations, ..Mark::default() }, sheet);
        }
        rows.finish(format, sheet);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_results_are_taken() {
        assert_eq!(
            result("BenchmarkA-8   \t 1000\t  1250 ns/op\t 56 B/op"),
            Some(("BenchmarkA-8", 1000, 1250.0 * 1e-9))
        );
        assert_eq!(result("BenchmarkA/x=1-2 10 218.75 MB/s 73.14 ns/op"), Some(("BenchmarkA/x=1-2", 10, 73.14 * 1e-9)));
        for line in
            ["BenchmarkA-8", "BenchmarkA-8 1000", "BenchmarkA-8 x 1 ns/op", "BenchmarkA 10 x ns/op", "A 10 1 ns/op"]
        {
            assert_eq!(result(line), None, "{line}");
        }
    }
}

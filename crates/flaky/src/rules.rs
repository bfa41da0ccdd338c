//! The definitions that are applied, in sentences. They stand beside the figures wherever these are shown.

/// All definitions.
#[must_use]
pub fn rules() -> Vec<String> {
    [
        "Evidence, strongest first: a test failed and then passed within one run (retry); it passed and failed in runs \
         of one commit, branch and machine (same-commit); it changed between passing and failing from run to run of a \
         branch (flips over the places where there could be one, breakages left out).",
        "Flaky or broken is decided by which explains a test's outcomes better: a failure rate of its own, or changes \
         that broke and repaired it (a hidden Markov chain that may change only where the commit does). The score is \
         the probability that the test is flaky, 5 % beforehand; from 0.5 on, or with evidence of a retry or of one \
         commit, it is called so.",
        "Rates count runs in which an attempt failed, whether or not a retry passed; skipped tests do not count. The \
         interval is the middle 95 % of the posterior of Beta(½, ½). Flaky tests are ranked by its lower end.",
        "A run is set aside when at least 5 tests, 10 % of those that usually pass, and five times the usual share \
         fail in it, unless the same ones fail in the run beside it at another commit. A failure in which the worker \
         died is set aside too.",
        "With fewer than 5 runs nothing is said of a test, unless it was seen both ways at one commit. Groups are apart.",
        "Parameters that change from run to run are written as <uuid>, <path> or <address>, and matched so.",
        "Suspects are tables tested by Fisher's exact test, one-sided, multiplied by the number of suspects of their \
         kind (Bonferroni); they are no proof.",
        "To be 95 % sure that a test fails in less than 1 % of runs takes 299 clean runs since its last failure.",
        "Slower and faster: steps of at least 1.5 times and 5 ms in the time of passing attempts, after what all tests \
         of a run have in common is taken off.",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect()
}

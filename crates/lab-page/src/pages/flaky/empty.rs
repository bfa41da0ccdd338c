//! What would fill the view, and how to get it.

use lanescope_ui::ui::copy_text;
use lanescope_ui::ui::el::{El, div, el};

/// How a tool is made to say more: its name, what it does, a command.
const TOOLS: [(&str, &str, &str); 6] = [
    (
        "pytest",
        "Retries, written one by one",
        "pytest -n auto --reruns 2 --junitxml=junit.xml --report-log=reportlog.jsonl",
    ),
    ("nextest", "Retries in its JUnit file", "cargo nextest run --retries 2 --profile ci"),
    ("Playwright", "Retries in its JSON report", "npx playwright test --retries=2 --reporter=json"),
    ("Vitest", "Retries in its JUnit file", "npx vitest run --retry=2 --reporter=junit --outputFile=junit.xml"),
    ("Go", "Each test several times", "gotestsum --rerun-fails --junitfile junit.xml --packages ./..."),
    ("Surefire", "Reruns, told as flakyFailure", "mvn test -Dsurefire.rerunFailingTestsCount=2"),
];

/// Fetches the artifacts of the last runs into a folder each.
const DOWNLOAD: &str =
    "gh run list -L 50 --json databaseId -q '.[].databaseId' | xargs -I{} gh run download {} -D runs/{}";
/// What names the commit of a run.
const RUN_JSON: &str = r#"echo "{\"commit\": \"$GITHUB_SHA\", \"branch\": \"$GITHUB_REF_NAME\"}" > run.json"#;

/// For one run in which nothing was tried twice.
pub fn one_run() -> El {
    let tools = TOOLS.map(|(name, what, command)| {
        div("how").with((el("h3", "").with(name), el("p", "quiet").with(what), copy_text(command)))
    });
    div("flaky-empty").attr("data-empty", "").with((
        el("h1", "").with("One run can’t tell which failures are real"),
        el("p", "lead").with("A test is flaky when it fails and passes without a change that explains it. That takes several runs, or retries within one."),
        el("section", "").with((
            el("h2", "").with("Drop a folder of past artifacts"),
            el("p", "").with("A folder for each run, with what your CI keeps of it. Five runs say something; forty say a lot."),
            copy_text(DOWNLOAD),
        )),
        el("section", "").with((
            el("h2", "").with("Say which commit it was"),
            el("p", "").with("A run.json beside the reports names commit and branch: then a test that passed and failed on one commit is caught."),
            copy_text(RUN_JSON),
        )),
        el("section", "").with((
            el("h2", "").with("Or retry what fails"),
            el("p", "").with("A failure that passes on the second try is the strongest evidence, and one run is enough for it."),
            div("hows").with(tools),
        )),
    ))
}

/// For a few runs.
pub fn few_runs(runs: usize) -> El {
    let text = format!(
        "Only {runs} runs: with fewer than 5 nothing is said of a test unless it was seen both ways at one commit. Drop a folder of past artifacts to add more."
    );
    el("p", "flaky-few").attr("role", "note").with(text)
}

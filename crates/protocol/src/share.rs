//! What of runs leaves the page, and how long it is then.

use serde::{Deserialize, Serialize};

/// Which texts of tests go along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShareTexts {
    /// Messages, traces, outputs.
    #[default]
    All,
    /// Messages.
    Messages,
    /// None.
    None,
}

/// What is shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharing {
    /// Ids of the runs, as the engine has them.
    pub runs: Vec<String>,
    /// Texts of tests.
    pub texts: ShareTexts,
    /// Numbers in place of the names of tests, files and markers.
    pub mask_names: bool,
    /// Without names of machines.
    pub hide_hosts: bool,
    /// Without folders of absolute paths.
    pub hide_paths: bool,
    /// With a word in place of what looks like a secret.
    pub remove_secrets: bool,
    /// Times in whole milliseconds.
    pub rough_times: bool,
}

/// In which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShareForm {
    /// What stands behind `data=` in an address: base64url of a pack.
    Link,
    /// Its length only.
    LinkLength,
    /// A pack of all the runs.
    Pack,
    /// CTRF of the first run.
    Ctrf,
    /// JUnit XML of the first run.
    Junit,
    /// A row for each test of the first run.
    TestsCsv,
    /// Markdown of the first run.
    Markdown,
    /// All the runs as a report in one HTML file takes them: gzip of what a reader gives to the engine.
    Report,
}

/// Runs in a form; its bytes travel beside the answer, except for a length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// Name for the file.
    pub name: String,
    /// Its type.
    pub mime: String,
    /// Its bytes.
    pub bytes: u64,
}

/// Something that looks like a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretLine {
    /// What it looks like, in words.
    pub kind: String,
    /// Where it stands, in words.
    pub place: String,
    /// What stands around it, with most of it masked.
    pub excerpt: String,
}

/// What looks like a secret in what is shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// The first of them.
    pub lines: Vec<SecretLine>,
    /// How many there are.
    pub total: u32,
}

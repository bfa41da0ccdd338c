//! A run without what is not to be told.

use std::borrow::Cow;

use lanescope_model::{Run, RunMeta, TextKind};
use lanescope_pack::{Names, PackOptions, Texts, reduce};

use crate::copy::{Edit, edited};
use crate::paths::without_folders;
use crate::secrets;

/// What goes. Without anything it is all told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Redaction {
    /// Which texts of attempts stay.
    pub texts: Texts,
    /// Which names stay.
    pub names: Names,
    /// Names of machines: in the environment, as parts of workers' names, and in texts.
    pub hosts: bool,
    /// Folders of absolute paths in texts and names; the file's own name stays.
    pub paths: bool,
    /// What looks like a secret.
    pub secrets: bool,
}

/// Names of values of the environment that name a machine or a person.
const HOSTS: [&str; 9] = ["host", "hostname", "nodename", "machine", "computername", "user", "username", "agent", "ip"];

/// The same where only two words say so: a node or a runner alone is a program's version as often.
const NAMES: [&str; 5] = ["node_name", "runner_name", "machine_name", "computer_name", "user_name"];

/// Machines, people and threads that are called the same everywhere; to take these words out of texts would hide nothing.
const ANYONE: [&str; 18] = [
    "localhost",
    "test",
    "tests",
    "user",
    "root",
    "admin",
    "runner",
    "none",
    "unknown",
    "default",
    "worker",
    "thread",
    "main",
    "process",
    "pool",
    "shard",
    "lane",
    "chromium",
];

/// What stands in place of a machine's name.
const HOST: &str = "(host)";

/// The run without what goes. Times, outcomes, workers and groups stay as they are.
#[must_use]
pub fn redact(run: &Run, redaction: &Redaction) -> Run {
    let mut made = None;
    if redaction.hosts || redaction.paths || redaction.secrets {
        made = Some(edited(run, &Words::of(run, redaction)));
    }
    let options = PackOptions { texts: redaction.texts, names: redaction.names, ..PackOptions::default() };
    if options != PackOptions::default() {
        made = reduce(&[made.as_ref().unwrap_or(run)], &options).pop();
    }
    made.unwrap_or_else(|| run.clone())
}

/// The names of machines that the run itself gives.
fn hosts(run: &Run) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    let mut add = |host: &str| {
        // Short words are part of any text.
        let short = host.len() < 3 || (host.len() < 4 && !host.bytes().any(|b| b.is_ascii_digit()));
        if !short && !ANYONE.contains(&host) && hosts.iter().all(|known| known != host) {
            hosts.push(host.to_owned());
        }
    };
    for (_, value) in run.meta.environment.iter().filter(|(name, _)| is_host(name)) {
        add(value);
    }
    for worker in &run.workers {
        // `host.thread` and `host:process`, as Allure and others name workers.
        let name = run.strings.get(worker.name);
        let Some((host, rest)) = name.split_once(['.', ':', '@', '/']) else { continue };
        let thread = rest.strip_prefix("gw").unwrap_or(rest);
        let numbered = !thread.is_empty() && thread.bytes().all(|b| b.is_ascii_digit());
        let named = host.bytes().any(|b| b.is_ascii_alphabetic()) && host.bytes().all(|b| b.is_ascii_graphic());
        if host.contains('-') || (numbered && named) {
            add(host);
        }
    }
    // The longest first: one may begin with another.
    lanescope_model::order::sort(&mut hosts, &|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    hosts
}

fn is_host(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['.', '-', ' '], "_");
    HOSTS.contains(&name.rsplit('_').next().unwrap_or(&name)) || NAMES.iter().any(|known| name.ends_with(known))
}

/// The text without a machine's name where that is a whole word; `None` where it is not in there.
fn without_host(text: &str, host: &str) -> Option<String> {
    // A name of letters alone may be part of another name: `test` of `test_a`.
    let plain = host.bytes().all(|b| b.is_ascii_alphabetic());
    let goes_on = |c: char| c.is_alphanumeric() || (plain && c == '_');
    let mut out = String::new();
    let mut kept = 0;
    for (at, _) in text.match_indices(host) {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + host.len()..).and_then(|after| after.chars().next());
        if before.is_some_and(goes_on) || after.is_some_and(goes_on) {
            continue;
        }
        out.push_str(text.get(kept..at).unwrap_or(""));
        out.push_str(HOST);
        kept = at + host.len();
    }
    if kept == 0 {
        return None;
    }
    out.push_str(text.get(kept..).unwrap_or(""));
    Some(out)
}

pub(crate) struct Words<'a> {
    redaction: &'a Redaction,
    hosts: Vec<String>,
}

impl<'a> Words<'a> {
    /// What goes out of the words of this run.
    pub(crate) fn of(run: &Run, redaction: &'a Redaction) -> Self {
        Self { redaction, hosts: if redaction.hosts { hosts(run) } else { Vec::new() } }
    }

    pub(crate) fn words<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        if self.redaction.secrets
            && let Cow::Owned(clean) = secrets::without(&text)
        {
            text = Cow::Owned(clean);
        }
        for host in &self.hosts {
            if let Some(clean) = without_host(&text, host) {
                text = Cow::Owned(clean);
            }
        }
        if self.redaction.paths
            && let Some(short) = without_folders(&text)
        {
            text = Cow::Owned(short);
        }
        text
    }
}

impl Edit for Words<'_> {
    fn meta(&self, meta: &mut RunMeta) {
        meta.label = self.words(&meta.label).into_owned();
        for text in secrets::told(meta) {
            *text = self.words(text).into_owned();
        }
        if self.redaction.hosts {
            meta.environment.retain(|(name, _)| !is_host(name));
        }
        for (name, value) in &mut meta.environment {
            if self.redaction.secrets {
                secrets::clean_value(name, value);
            }
            *value = self.words(value).into_owned();
        }
    }

    fn text<'a>(&self, _: TextKind, text: &'a str) -> Cow<'a, str> {
        self.words(text)
    }

    fn name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        self.words(name)
    }

    fn worker<'a>(&self, number: usize, name: &'a str) -> Cow<'a, str> {
        match self.words(name) {
            // Two machines must not become one worker.
            Cow::Owned(words) => Cow::Owned(format!("{words} #{}", number + 1)),
            words => words,
        }
    }
}

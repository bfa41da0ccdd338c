//! A run without what is not to be told.

use std::borrow::Cow;

use lanescope_model::{Run, RunMeta, TextKind};
use lanescope_pack::{Names, PackOptions, Texts, reduce};

use crate::copy::{Edit, edited};
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
const HOSTS: [&str; 10] =
    ["host", "hostname", "machine", "computername", "node", "runner", "user", "username", "agent", "ip"];

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
        // Short words would be found in other words.
        if host.len() >= 4 && host != "localhost" && hosts.iter().all(|known| known != host) {
            hosts.push(host.to_owned());
        }
    };
    for (_, value) in run.meta.environment.iter().filter(|(name, _)| is_host(name)) {
        add(value);
    }
    for worker in &run.workers {
        // `host.thread` and `host:process`, as Allure and others name workers.
        let name = run.strings.get(worker.name);
        if let Some((host, _)) = name.split_once(['.', ':', '@', '/'])
            && host.contains('-')
        {
            add(host);
        }
    }
    // The longest first: one may begin with another.
    lanescope_model::order::sort(&mut hosts, &|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    hosts
}

fn is_host(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    HOSTS.contains(&name.rsplit(['.', '_', '-', ' ']).next().unwrap_or(&name))
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
            if text.contains(host.as_str()) {
                text = Cow::Owned(text.replace(host.as_str(), HOST));
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

/// Absolute paths without their folders, of two folders at least: `/home/me/project/a.py` becomes `…/a.py`. Addresses on
/// the web keep theirs.
fn without_folders(text: &str) -> Option<String> {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b"._-+@~%$#=".contains(&b) || b >= 0x80;
    let bytes = text.as_bytes();
    let at = |i: usize| bytes.get(i).copied();
    let mut out = String::new();
    let (mut kept, mut i) = (0, 0);
    while let Some(b) = at(i) {
        let before = i.checked_sub(1).and_then(at);
        let free = before.is_none_or(|b| !is_part(b) && !b"/\\:".contains(&b));
        let file = i >= 7 && text.get(i - 7..i) == Some("file://");
        let drive = b.is_ascii_alphabetic() && at(i + 1) == Some(b':') && matches!(at(i + 2), Some(b'\\' | b'/'));
        let sign = if drive { at(i + 2).unwrap_or(b'/') } else { b'/' };
        if (b != b'/' && !drive) || (!free && !file) {
            i += 1;
            continue;
        }
        let mut end = if drive { i + 3 } else { i + 1 };
        let (mut last, mut folders) = (end, 0);
        while let Some(b) = at(end) {
            // Doubled backslashes are one, written in a text.
            if b == sign {
                if end > last {
                    folders += 1;
                }
                last = end + 1;
            } else if !is_part(b) {
                break;
            }
            end += 1;
        }
        if folders >= 2 || (drive && folders >= 1) {
            out.push_str(text.get(kept..i).unwrap_or(""));
            out.push('…');
            out.push(char::from(sign));
            kept = last;
        }
        i = end.max(i + 1);
    }
    if kept == 0 {
        return None;
    }
    out.push_str(text.get(kept..).unwrap_or(""));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_absolute_paths_go_and_nothing_else() {
        for (text, short) in [
            ("/home/me/project/a.py:12: in f", Some("…/a.py:12: in f")),
            ("File \"/root/x/y/b.py\", line 3", Some("File \"…/b.py\", line 3")),
            (r"at C:\Users\me\c.ts:1", Some(r"at …\c.ts:1")),
            ("file:///home/me/d.js", Some("file://…/d.js")),
            ("https://example.org/a/b/c and tests/a/b.py", None),
            ("1/2/3 and /dev/null and a / b", None),
            ("/größe/bücher/ä.py /x/y/z", Some("…/ä.py …/z")),
        ] {
            assert_eq!(without_folders(text).as_deref(), short, "{text}");
        }
    }
}

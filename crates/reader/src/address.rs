//! What to do about an address that could not be fetched: another that can, or the steps that work.
//!
//! GitHub shows files on one host and gives them away on another; only the latter lets pages of other hosts read them
//! (CORS). Assets of releases and artifacts of Actions no page can fetch: the first come without that permission, the
//! second want a login.

/// What to do instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Instead {
    /// Fetch this address.
    Fetch(String),
    /// Tell the user this.
    Say(String),
}

/// What to do about an address that brought nothing. `own` is the origin of the page; `status` what the server
/// answered, empty where no answer could be read.
#[must_use]
pub(crate) fn instead(address: &str, own: &str, status: &str) -> Instead {
    let (origin, path) = split(address);
    if let Some(github) = github(origin, path) {
        return github;
    }
    Instead::Say(if !status.is_empty() {
        let private = if origin == RAW {
            " For a private repository GitHub says so too: download the file and drop it here."
        } else {
            ""
        };
        format!("The server answered {status}.{private}")
    } else if origin == own {
        "The server could not be reached.".to_owned()
    } else {
        format!(
            "{origin} could not be reached, or does not allow other pages to read it (CORS: it must send \
             Access-Control-Allow-Origin). Download the file and drop it here."
        )
    })
}

const RAW: &str = "https://raw.githubusercontent.com";

/// Origin and path of an address, without query and fragment.
fn split(address: &str) -> (&str, &str) {
    let address = address.split(['?', '#']).next().unwrap_or(address);
    let start = address.find("://").map_or(0, |at| at + 3);
    let host = address.get(start..).unwrap_or_default();
    let end = start + host.find('/').unwrap_or(host.len());
    (address.get(..end).unwrap_or_default(), address.get(end..).unwrap_or_default())
}

/// What is known of GitHub's addresses; `None` for all others.
fn github(origin: &str, path: &str) -> Option<Instead> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (origin, parts.as_slice()) {
        ("https://github.com" | "https://www.github.com", [owner, repository, rest @ ..]) => {
            of_repository(owner, repository, rest)
        }
        ("https://api.github.com", ["repos", owner, repository, "actions", ..]) => {
            Some(artifact(owner, repository, None))
        }
        ("https://gist.github.com", [owner, gist]) => {
            Some(Instead::Fetch(format!("https://gist.githubusercontent.com/{owner}/{gist}/raw")))
        }
        _ => None,
    }
}

fn of_repository(owner: &str, repository: &str, rest: &[&str]) -> Option<Instead> {
    match rest {
        ["blob" | "raw" | "blame", reference @ .., _] if !reference.is_empty() => {
            let file = rest.get(1..).unwrap_or_default().join("/");
            Some(Instead::Fetch(format!("{RAW}/{owner}/{repository}/{file}")))
        }
        ["releases", "download", tag, asset] => Some(asset_of(owner, repository, tag, asset)),
        ["releases", "latest", "download", asset] => Some(asset_of(owner, repository, "", asset)),
        ["actions", "runs", run, ..] => Some(artifact(owner, repository, Some(run))),
        ["actions", ..] => Some(artifact(owner, repository, None)),
        ["tree", ..] | [] => Some(Instead::Say(
            "This is a page of GitHub about a folder. Give the address of a file in it, or download the folder and drop it \
             here."
                .to_owned(),
        )),
        _ => None,
    }
}

fn asset_of(owner: &str, repository: &str, tag: &str, asset: &str) -> Instead {
    let tag = if tag.is_empty() { String::new() } else { format!("{} ", word(tag)) };
    let (of, asset) = (word(&format!("{owner}/{repository}")), word(asset));
    Instead::Say(format!(
        "GitHub lets no page of another host read the assets of a release. Download it with the browser, or with \
         `gh release download {tag}-R {of} -p {asset}`, and drop it here. A file in the repository, or on GitHub Pages, can be \
         linked."
    ))
}

fn artifact(owner: &str, repository: &str, run: Option<&str>) -> Instead {
    let id = run.map_or(String::new(), |run| format!("{} ", word(run)));
    let of = word(&format!("{owner}/{repository}"));
    Instead::Say(format!(
        "GitHub gives artifacts of Actions only to who is logged in, and to no page. Download the zip file from the page of \
         the run, or everything with `gh run download {id}-R {of}`, and drop it here."
    ))
}

/// A word as a shell takes it: the address is anybody's, and the line is meant to be copied.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./%+@:".contains(c);
    if text.chars().all(plain) && !text.starts_with('-') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test may stop at what it did not expect")]
    use super::*;

    const OWN: &str = "https://me.example";

    fn fetched(address: &str) -> String {
        match instead(address, OWN, "") {
            Instead::Fetch(address) => address,
            Instead::Say(text) => panic!("{address}: {text}"),
        }
    }

    fn said(address: &str, status: &str) -> String {
        match instead(address, OWN, status) {
            Instead::Say(text) => text,
            Instead::Fetch(other) => panic!("{address}: {other}"),
        }
    }

    #[test]
    fn a_file_that_github_shows_is_fetched_where_it_gives_it_away() {
        let raw = "https://raw.githubusercontent.com/o/r/main/a/junit%20x.xml";
        assert_eq!(fetched("https://github.com/o/r/blob/main/a/junit%20x.xml"), raw);
        assert_eq!(fetched("https://github.com/o/r/blob/main/a/junit%20x.xml?plain=1#L3-L9"), raw);
        assert_eq!(fetched("https://github.com/o/r/raw/main/a/junit%20x.xml"), raw);
        assert_eq!(
            fetched("https://github.com/o/r/raw/refs/heads/main/a.xml"),
            "https://raw.githubusercontent.com/o/r/refs/heads/main/a.xml"
        );
        assert_eq!(fetched("https://gist.github.com/o/0123abc"), "https://gist.githubusercontent.com/o/0123abc/raw");
    }

    #[test]
    fn what_is_fetched_instead_is_not_tried_again_in_a_circle() {
        let raw = fetched("https://github.com/o/r/blob/main/a.xml");
        assert!(said(&raw, "404 Not Found").contains("404 Not Found. For a private repository"));
        assert!(said("https://gist.githubusercontent.com/o/1/raw", "").contains("CORS"));
    }

    #[test]
    fn an_asset_of_a_release_is_told_with_the_command_that_gets_it() {
        let text = said("https://github.com/o/r/releases/download/v1.2/results.zip", "");
        assert!(text.contains("`gh release download v1.2 -R o/r -p results.zip`"), "{text}");
        let text = said("https://github.com/o/r/releases/latest/download/results.zip", "");
        assert!(text.contains("`gh release download -R o/r -p results.zip`"), "{text}");
    }

    #[test]
    fn artifacts_are_told_with_the_command_that_gets_them() {
        for address in [
            "https://github.com/o/r/actions/runs/123",
            "https://github.com/o/r/actions/runs/123/artifacts/456",
            "https://github.com/o/r/actions/runs/123/job/9?pr=1",
        ] {
            let text = said(address, "");
            assert!(text.contains("`gh run download 123 -R o/r`"), "{text}");
        }
        assert!(
            said("https://api.github.com/repos/o/r/actions/artifacts/4/zip", "401").contains("gh run download -R o/r")
        );
    }

    #[test]
    fn a_command_to_copy_holds_nothing_that_a_shell_would_run() {
        let text = said("https://github.com/o/r/releases/download/$(id)/a;b'c", "");
        assert!(text.contains("download '$(id)' -R o/r -p 'a;b'\\''c'`"), "{text}");
    }

    #[test]
    fn other_addresses_are_told_as_they_are() {
        assert_eq!(said("https://me.example/a.xml", ""), "The server could not be reached.");
        assert_eq!(said("https://me.example/a.xml", "500"), "The server answered 500.");
        assert!(said("https://other.example/a.xml", "").starts_with("https://other.example could not be reached"));
        for odd in
            ["", "a", "https://", "https://github.com", "https://github.com/o", "://", "https://github.com/o/r/blob/x"]
        {
            said(odd, "404");
        }
    }
}

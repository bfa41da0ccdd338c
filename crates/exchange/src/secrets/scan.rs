//! Forms of secrets. Each rule walks to a sign that is rare (`ghp_`, `://`, `=` behind a word) and looks around it.

use super::value::{MOST, RANDOM, is_random, is_secret, is_stand_in};

/// What a secret looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A token of GitHub.
    GitHub,
    /// A token of GitLab.
    GitLab,
    /// An access key of AWS.
    Aws,
    /// A token or web hook of Slack.
    Slack,
    /// A token of another service, by its prefix.
    Service,
    /// A JSON web token.
    Jwt,
    /// A private key.
    PrivateKey,
    /// What a header of a request authorises with.
    Header,
    /// A password in an address.
    Address,
    /// A value of something that is named a password, a secret, a token or a key.
    Assignment,
    /// A long text without a pattern in a line that speaks of secrets.
    Random,
}

impl Kind {
    /// The word used in the interface.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub token",
            Self::GitLab => "GitLab token",
            Self::Aws => "AWS access key",
            Self::Slack => "Slack token",
            Self::Service => "service token",
            Self::Jwt => "JSON web token",
            Self::PrivateKey => "private key",
            Self::Header => "authorisation",
            Self::Address => "password in an address",
            Self::Assignment => "password or token",
            Self::Random => "long random text",
        }
    }
}

/// A stretch of a text that looks like a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Which letters follow a prefix.
#[derive(Clone, Copy)]
enum Letters {
    Alphanumeric,
    Upper,
    /// With `-` and `_`.
    Url,
}

/// Prefixes that services give to their tokens so that they can be found, with the least length of what follows.
const PREFIXES: [(&str, Kind, usize, Letters); 30] = [
    ("ghp_", Kind::GitHub, 30, Letters::Alphanumeric),
    ("gho_", Kind::GitHub, 30, Letters::Alphanumeric),
    ("ghu_", Kind::GitHub, 30, Letters::Alphanumeric),
    ("ghs_", Kind::GitHub, 30, Letters::Alphanumeric),
    ("ghr_", Kind::GitHub, 30, Letters::Alphanumeric),
    ("github_pat_", Kind::GitHub, 22, Letters::Url),
    ("glpat-", Kind::GitLab, 20, Letters::Url),
    ("gldt-", Kind::GitLab, 20, Letters::Url),
    ("glrt-", Kind::GitLab, 20, Letters::Url),
    ("glptt-", Kind::GitLab, 20, Letters::Url),
    ("glcbt-", Kind::GitLab, 20, Letters::Url),
    ("AKIA", Kind::Aws, 16, Letters::Upper),
    ("ASIA", Kind::Aws, 16, Letters::Upper),
    ("xoxb-", Kind::Slack, 10, Letters::Url),
    ("xoxp-", Kind::Slack, 10, Letters::Url),
    ("xoxa-", Kind::Slack, 10, Letters::Url),
    ("xoxr-", Kind::Slack, 10, Letters::Url),
    ("xoxs-", Kind::Slack, 10, Letters::Url),
    ("xapp-", Kind::Slack, 10, Letters::Url),
    ("npm_", Kind::Service, 36, Letters::Alphanumeric),
    ("pypi-AgEI", Kind::Service, 50, Letters::Url),
    ("sk_live_", Kind::Service, 20, Letters::Alphanumeric),
    ("rk_live_", Kind::Service, 20, Letters::Alphanumeric),
    ("sk-ant-", Kind::Service, 24, Letters::Url),
    ("sk-proj-", Kind::Service, 24, Letters::Url),
    ("AIza", Kind::Service, 35, Letters::Url),
    ("dop_v1_", Kind::Service, 40, Letters::Alphanumeric),
    ("hf_", Kind::Service, 34, Letters::Alphanumeric),
    ("dckr_pat_", Kind::Service, 20, Letters::Url),
    ("SG.", Kind::Service, 40, Letters::Url),
];

/// Words that name a secret when they end a name.
const NAMES: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "secret_key",
    "private_key",
    "auth_key",
    "credentials",
];

/// Bytes of a token by which it is told from an example.
const TOLD: usize = 256;

/// Bytes before a scheme in which its header's name stands.
const BACK: usize = 200;

/// What looks like a secret in a text, in order, without overlaps.
pub(super) fn hits(text: &str) -> Vec<Hit> {
    let mut found = Vec::new();
    // Nothing shorter is a secret.
    if text.len() < 8 {
        return found;
    }
    prefixes(text, &mut found);
    tokens(text, &mut found);
    keys(text, &mut found);
    headers(text, &mut found);
    addresses(text, &mut found);
    named(text, &mut found);
    // Of two that overlap the first is believed, as far as either goes.
    let order = lanescope_model::order::places(found.len(), &|a, b| {
        let key = |at: usize| found.get(at).map(|hit: &Hit| (hit.start, hit.kind));
        key(a).cmp(&key(b))
    });
    let mut end = 0;
    let mut apart: Vec<Hit> = Vec::new();
    for hit in order.iter().filter_map(|&at| found.get(at as usize)) {
        if hit.start >= end {
            apart.push(*hit);
        } else if hit.end > end
            && let Some(last) = apart.last_mut()
        {
            last.end = hit.end;
        }
        end = end.max(hit.end);
    }
    apart
}

fn word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// How many of the first bytes are of these letters.
fn run_of(text: &str, is: &dyn Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|&b| is(b)).count()
}

/// Whether a new word begins at this byte.
fn begins(text: &str, at: usize) -> bool {
    at.checked_sub(1).and_then(|before| text.as_bytes().get(before)).is_none_or(|&b| !b.is_ascii_alphanumeric())
}

fn prefixes(text: &str, found: &mut Vec<Hit>) {
    for (prefix, kind, least, letters) in PREFIXES {
        // Where the letters end that the last one began with: of another among them they end there too.
        let mut end = 0;
        for (start, _) in text.match_indices(prefix) {
            if !begins(text, start) {
                continue;
            }
            let body = start + prefix.len();
            if body > end {
                end = body
                    + run_of(text.get(body..).unwrap_or(""), &|b| match letters {
                        Letters::Alphanumeric => b.is_ascii_alphanumeric(),
                        Letters::Upper => b.is_ascii_uppercase() || b.is_ascii_digit(),
                        Letters::Url => word(b) || b == b'-' || (b == b'.' && prefix == "SG."),
                    });
            }
            let length = end - body;
            let token = text.get(body..end.min(body + TOLD)).unwrap_or("");
            let exact = !matches!(letters, Letters::Upper) || length == least;
            let digit = token.bytes().any(|b| b.is_ascii_digit());
            if length >= least && exact && digit && !is_stand_in(token) {
                found.push(Hit { kind, start, end });
            }
        }
    }
    for (start, mark) in text.match_indices("hooks.slack.com/services/T") {
        let length = run_of(text.get(start + mark.len()..).unwrap_or(""), &|b| word(b) || b == b'/');
        if length >= 20 {
            found.push(Hit { kind: Kind::Slack, start, end: start + mark.len() + length });
        }
    }
}

/// JSON web tokens: three parts, of which the first two are objects.
fn tokens(text: &str, found: &mut Vec<Hit>) {
    // Where the first part of the last one ended, and how the others go on behind it: of another in it they do so too.
    let (mut dot, mut end) = (0, None);
    for (start, _) in text.match_indices("eyJ") {
        if !begins(text, start) {
            continue;
        }
        let part = |at: usize| at + run_of(text.get(at..).unwrap_or(""), &|b| word(b) || b == b'-');
        let goes_on = |at: usize| text.as_bytes().get(at) == Some(&b'.');
        if start >= dot {
            dot = part(start);
            end = None;
            if goes_on(dot) && text.get(dot + 1..).is_some_and(|body| body.starts_with("eyJ")) {
                let body = part(dot + 1);
                end = goes_on(body).then(|| part(body + 1)).filter(|end| end - body > 16);
            }
        }
        if let Some(end) = end
            && dot - start >= 12
        {
            found.push(Hit { kind: Kind::Jwt, start, end });
        }
    }
}

fn keys(text: &str, found: &mut Vec<Hit>) {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("-----BEGIN ")) {
        let start = from + at;
        let rest = text.get(start + 11..).unwrap_or("");
        from = start + 11;
        let Some((kind, inner)) = rest.split_once("-----") else { return };
        if !kind.ends_with("PRIVATE KEY") && !kind.ends_with("PRIVATE KEY BLOCK") {
            continue;
        }
        // A header alone, as in a message about keys, is none.
        let end = inner.find("-----END ").unwrap_or(inner.len());
        let letters = inner.get(..end).unwrap_or("").bytes().filter(u8::is_ascii_alphanumeric).count();
        let closing = inner.get(end..).and_then(|rest| rest.get(9..)?.find("-----").map(|at| at + 14)).unwrap_or(0);
        from = start + 11 + kind.len() + 5 + end + closing;
        if letters >= 40 {
            found.push(Hit { kind: Kind::PrivateKey, start, end: from });
        }
    }
}

/// `Bearer …` and `Basic …`.
fn headers(text: &str, found: &mut Vec<Hit>) {
    for (scheme, least) in [("earer ", 16), ("asic ", 12)] {
        for (at, _) in text.match_indices(scheme) {
            let first = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
            if !matches!(first, Some(b'B' | b'b')) || !at.checked_sub(1).is_some_and(|at| begins(text, at)) {
                continue;
            }
            let start = at + scheme.len();
            let rest = text.get(start..).unwrap_or("");
            let length = run_of(rest, &|b| word(b) || b"-._~+/=".contains(&b));
            let token = rest.get(..length).unwrap_or("").trim_end_matches('.');
            let digit = token.bytes().any(|b| b.is_ascii_digit());
            // "basic" is a word of its own: there the header's name stands before it.
            let mut from = at.saturating_sub(BACK);
            while !text.is_char_boundary(from) {
                from -= 1;
            }
            let line = text.get(from..at).unwrap_or("").rsplit('\n').next().unwrap_or("");
            let header = line.to_ascii_lowercase().contains("authorization");
            if (header || scheme == "earer ") && token.len() >= least && (digit || header) && !is_stand_in(token) {
                found.push(Hit { kind: Kind::Header, start, end: start + token.len() });
            }
        }
    }
}

/// `scheme://user:password@host`.
fn addresses(text: &str, found: &mut Vec<Hit>) {
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let rest = text.get(start..).unwrap_or("");
        let length = run_of(rest, &|b| b.is_ascii_graphic() && !b"/?#\"'`<>\\(){},;|".contains(&b));
        let Some((account, host)) = rest.get(..length).and_then(|host| host.rsplit_once('@')) else { continue };
        let Some((user, password)) = account.split_once(':') else { continue };
        let known = password == user || password.len() < 3 || is_stand_in(password);
        if !known && host.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'[') {
            let start = start + user.len() + 1;
            found.push(Hit { kind: Kind::Address, start, end: start + password.len() });
        }
    }
}

/// Values of what is named a secret, and texts without a pattern beside such names.
fn named(text: &str, found: &mut Vec<Hit>) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        // Nobody writes longer lines by hand; pictures as text are such lines.
        if line.len() >= 8 {
            in_line(line, at, found);
        }
        at += line.len();
    }
}

fn in_line(line: &str, offset: usize, found: &mut Vec<Hit>) {
    let lower = line.to_ascii_lowercase();
    for name in NAMES {
        for (at, _) in lower.match_indices(name) {
            let end = at + name.len();
            // The name of an assembly has one; it is as public as its name says.
            if lower.get(..at).is_some_and(|before| before.ends_with("publickey")) {
                continue;
            }
            let password = name.starts_with("pass") || name == "pwd";
            if let Some((start, value)) = assigned(line, end, password) {
                let start = offset + start;
                found.push(Hit { kind: Kind::Assignment, start, end: start + value.len() });
            } else {
                beside(line, end, offset, found);
            }
        }
    }
}

/// The value that is given to the name that ends here, where it looks like a secret.
fn assigned(line: &str, end: usize, password: bool) -> Option<(usize, &str)> {
    let rest = line.get(end..)?;
    // `"token": "…"`, `TOKEN=…`, `token = '…'`, `token => …`.
    let mut skipped = run_of(rest, &|b| b == b'"' || b == b'\'' || b == b'\\');
    skipped += run_of(rest.get(skipped..)?, &|b| b == b' ');
    let signs = run_of(rest.get(skipped..)?, &|b| b":=>".contains(&b));
    // A comparison is no assignment.
    if signs == 0 || rest.get(skipped..skipped + signs) == Some("==") {
        return None;
    }
    let tight = skipped == 0 && rest.get(skipped..skipped + signs) == Some("=");
    skipped += signs;
    let blanks = run_of(rest.get(skipped..)?, &|b| b == b' ');
    skipped += blanks;
    let after = rest.get(skipped..)?;
    let quotes = run_of(after, &|b| b == b'"' || b == b'\'' || b == b'\\');
    let quote = after.get(..quotes)?.bytes().next_back();
    let value = after.get(quotes..)?;
    let length = match quote {
        Some(quote) => value.bytes().take(MOST + 1).take_while(|&b| b != quote && b != b'\n' && b != b'\\').count(),
        None => value
            .bytes()
            .take(MOST + 1)
            .take_while(|b| b.is_ascii_graphic() && !b",;\"'`)(]}[{<>&|".contains(b))
            .count(),
    };
    if length > MOST {
        return None;
    }
    let value = value.get(..length)?;
    let quoted = quote.is_some() || (tight && blanks == 0 && !password);
    is_secret(value, quoted, password).then(|| (end + skipped + quotes, value))
}

/// A long text without a pattern close behind the name that ends here.
fn beside(line: &str, end: usize, offset: usize, found: &mut Vec<Hit>) {
    let mut close = end + 48;
    while !line.is_char_boundary(close) && close < line.len() {
        close += 1;
    }
    let near = line.get(end..close.min(line.len())).unwrap_or("");
    let mut at = end;
    for piece in near.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || "_-+/=".contains(c))) {
        let rest = line.get(at..).unwrap_or("");
        // One byte more than is random tells that it is too long.
        let rest = rest.get(..RANDOM + 1).unwrap_or(rest);
        let length = run_of(rest, &|b| b.is_ascii_alphanumeric() || b"_-+/=".contains(&b));
        let value = rest.get(..length).unwrap_or("");
        if is_random(value) && !is_stand_in(value) {
            let start = offset + at;
            found.push(Hit { kind: Kind::Random, start, end: start + length });
            return;
        }
        at += piece.len();
    }
}

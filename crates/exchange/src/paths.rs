//! Absolute paths in texts.

/// Whether a byte may be part of the name of a file or folder.
fn is_part(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"._-+@~%$#=".contains(&b) || b >= 0x80
}

/// Whether a path may begin at this byte: behind what is no part of one, behind the sign of a value or of a list
/// (`HOME=/home/me`, `/bin:/usr/bin`), and behind a flag (`-I/usr/include`). Not inside of an address (`https://…`).
fn may_begin(text: &str, i: usize) -> bool {
    let bytes = text.as_bytes();
    let at = |i: usize| bytes.get(i).copied();
    let Some(before) = i.checked_sub(1).and_then(at) else { return true };
    match before {
        b':' => at(i) != Some(b'/') || at(i + 1) != Some(b'/'),
        b'/' | b'\\' => i >= 7 && text.get(i - 7..i) == Some("file://"),
        b'=' | b'@' => true,
        _ if !is_part(before) => true,
        _ => {
            // Flags are short; a word of a name is behind more than a hyphen.
            let start = text.get(i.saturating_sub(12)..i).unwrap_or("");
            let flag = start.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let hyphen = i - (start.len() - flag.len());
            flag.len() < start.len()
                && flag.ends_with('-')
                && hyphen.checked_sub(2).and_then(at).is_none_or(|b| b == b'-' || !is_part(b))
        }
    }
}

/// Where the folder of a person ends that begins the path at `i`, whose folders stand behind `from`: `/home/me`,
/// `/Users/Jo Doe`, `C:\Users\Jo Doe`. A name with blanks is one where the path goes on behind it.
fn home(text: &str, from: usize, sign: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let at = |i: usize| bytes.get(i).copied();
    let signs = |mut i: usize| {
        while at(i) == Some(sign) {
            i += 1;
        }
        i
    };
    let from = signs(from);
    let name = ["home", "Users"].into_iter().find(|name| {
        text.get(from..from + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
            && at(from + name.len()) == Some(sign)
    })?;
    let start = signs(from + name.len());
    let mut end = start;
    while at(end).is_some_and(is_part) {
        end += 1;
    }
    if end == start {
        return None;
    }
    if name == "Users" && at(end) == Some(b' ') {
        let mut far = end;
        while far < start + PERSON && at(far).is_some_and(|b| is_part(b) || b == b' ') {
            far += 1;
        }
        if at(far) == Some(sign) && at(far - 1) != Some(b' ') {
            end = far;
        }
    }
    Some(end)
}

/// Bytes that the name of a person's folder may have, where it has blanks.
const PERSON: usize = 40;

/// Absolute paths without their folders, of two folders at least: `/home/me/project/a.py` becomes `…/a.py`. Of what lies
/// in the folder of a person that folder goes alone as well. Addresses on the web keep theirs.
pub(crate) fn without_folders(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let at = |i: usize| bytes.get(i).copied();
    let mut out = String::new();
    let (mut kept, mut i) = (0, 0);
    while let Some(b) = at(i) {
        let drive = b.is_ascii_alphabetic() && at(i + 1) == Some(b':') && matches!(at(i + 2), Some(b'\\' | b'/'));
        let sign = if drive { at(i + 2).unwrap_or(b'/') } else { b'/' };
        if (b != b'/' && !drive) || !may_begin(text, i) {
            i += 1;
            continue;
        }
        let mut end = if drive { i + 3 } else { i + 1 };
        let (mut last, mut folders) = (end, 0);
        let person = home(text, end, sign);
        if let Some(person) = person {
            // The folder of all persons, and that of this one, which ends at a sign or is all of the path.
            folders = 1;
            end = person;
            last = person;
        }
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
        if folders >= 2 || (drive && folders >= 1) || person.is_some() {
            out.push_str(text.get(kept..i).unwrap_or(""));
            out.push('…');
            if person != Some(last) {
                out.push(char::from(sign));
            }
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
            ("HOME=/home/alice/work/a.py", Some("HOME=…/a.py")),
            ("rootdir=/home/alice/work and rootdir:/home/alice/work/x", Some("rootdir=…/work and rootdir:…/x")),
            ("P=/usr/local/bin:/home/alice/.local/bin", Some("P=…/bin:…/bin")),
            ("cc -I/home/alice/include -isystem/opt/x/y a-b/c/d/e", Some("cc -I…/include -isystem…/y a-b/c/d/e")),
            (r"x=C:\Users\me\a.py", Some(r"x=…\a.py")),
            ("/Users/John Smith/proj/a.py", Some("…/a.py")),
            (r"at C:\Users\John Smith\a.py", Some(r"at …\a.py")),
            (r"'C:\\Users\\John\\a.py'", Some(r"'…\a.py'")),
            ("cwd /home/alice, /home/bob/", Some("cwd …, …/")),
            ("/homes/x and tests/home/alice/a.py and http://x/home/alice", None),
            ("at http://localhost:8080/a/b/c.js and ws://x", None),
            ("/größe/bücher/ä.py /x/y/z", Some("…/ä.py …/z")),
        ] {
            assert_eq!(without_folders(text).as_deref(), short, "{text}");
        }
    }
}

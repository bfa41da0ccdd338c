//! Whether a value is one that somebody keeps secret.

/// Bytes that a value may have.
pub(super) const MOST: usize = 512;

/// Bytes that a text without a pattern may have.
pub(super) const RANDOM: usize = 200;

/// Words that stand for a secret in examples and tests.
const STAND_INS: [&str; 20] = [
    "example",
    "changeme",
    "placeholder",
    "redacted",
    "removed",
    "dummy",
    "fake",
    "sample",
    "your",
    "xxxx",
    "****",
    "....",
    "none",
    "null",
    "undefined",
    "todo",
    "secret",
    "password",
    "passwd",
    "insert",
];

/// Bits for each character, as they are distributed in the text itself.
pub(super) fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let all = text.len().max(1) as f64;
    counts.iter().filter(|&&n| n > 0).map(|&n| f64::from(n) / all).map(|share| -share * share.log2()).sum()
}

/// Digits, lower and upper case letters that there are.
pub(super) fn classes(text: &str) -> (bool, bool, bool) {
    let any = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    (any(u8::is_ascii_digit), any(u8::is_ascii_lowercase), any(u8::is_ascii_uppercase))
}

/// Whether it only stands for a secret: an example, a variable, a template.
pub(super) fn is_stand_in(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    STAND_INS.iter().any(|word| lower.contains(word))
        || value.starts_with(['<', '$', '{', '%', '[', '*', '•'])
        || value.bytes().all(|b| Some(&b) == value.as_bytes().first())
}

/// Whether a value is that of a secret, after a name that says so. A quoted one, or one in `NAME=value`, is meant as it
/// stands; other ones are mostly names of variables and calls.
pub(super) fn is_secret(value: &str, quoted: bool, password: bool) -> bool {
    if value.len() > MOST || is_stand_in(value) {
        return false;
    }
    let (digit, lower, upper) = classes(value);
    if password && quoted {
        return value.len() >= 6 && !value.contains(' ') && (digit || value.bytes().any(|b| b.is_ascii_punctuation()));
    }
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+/=.~!@#$%^&*".contains(&b));
    // Names of variables, paths and versions have dots and underscores between words, and few digits among letters.
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let mixed = digit && (lower || upper) && digits >= 2;
    let least = if password { 8 } else { 16 };
    let path = value.starts_with(['/', '.']) || value.matches(['/', '.']).count() > 2;
    plain && mixed && !path && value.len() >= least && entropy(value) >= if password { 2.5 } else { 3.2 }
}

/// Whether it is a long text without a pattern, as keys are: no word, hash, uuid or path.
pub(super) fn is_random(value: &str) -> bool {
    let (digit, lower, upper) = classes(value);
    let hex = value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let long = (24..=RANDOM).contains(&value.len());
    long && digit && lower && upper && !hex && value.matches('/').count() < 3 && entropy(value) >= 4.0
}

//! Runs as few bytes: what a link carries, and what a file of many runs is.
//!
//! [`pack`] writes one or more runs, [`unpack`] reads them back as they were. Everything of a run is kept, in whole
//! microseconds, except what the options leave out. What makes it small:
//!
//! - one table of strings for all runs, each as what it shares with the one before and the rest (`strings`),
//! - attempts lane by lane in the order of their starts, so that a start is a short gap, a stop hardly ever news, and a
//!   test mostly the next one (`order`),
//! - columns of all runs together, each byte of a number in a plane of its own (`columns`),
//! - deflate around all of it, begun anew between columns where that is shorter (`deflate`).
//!
//! The bytes begin with [`MAGIC`] and the version of what follows. As text, for a link, they are base64url
//! ([`to_text`], [`from_text`]).

mod columns;
mod decode;
mod deflate;
mod encode;
mod measures;
mod notes;
mod order;
mod reduce;
mod strings;
mod text;

use std::fmt;

use lanescope_model::{Issue, Run};

pub use notes::MOST_NOTES;
pub use reduce::reduce;
pub use text::{MAX_TEXT, from_text, is_text, to_text};

/// What a pack begins with; the version stands behind it.
pub const MAGIC: &[u8; 5] = b"\xd7LSPK";

/// The version that is written, and the newest that is read.
pub const VERSION: u8 = 1;

/// The most bytes that a pack may unpack to, of a file.
pub const MAX_UNPACKED: usize = 1 << 29;

/// The same of a link.
pub const MAX_UNPACKED_TEXT: usize = 1 << 26;

/// Which texts of attempts are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Texts {
    /// All: messages, traces, outputs.
    #[default]
    All,
    /// Messages.
    Messages,
    /// None.
    None,
}

/// Which names of tests are kept. Without names there are no texts either, since these name the tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// As they are.
    #[default]
    Kept,
    /// `file-01::test-0001`, numbered in each file in the order of the names: the same name in all runs of a pack, and
    /// in every pack of the same tests. Files and markers have numbers as well; groups, workers and jobs keep their names.
    Masked,
    /// Numbers through all tests, without files, lines and markers.
    Numbered,
}

/// How exact times are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Times {
    /// As they are.
    #[default]
    Exact,
    /// Whole milliseconds.
    Milliseconds,
}

/// What a pack leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PackOptions {
    /// Texts of attempts.
    pub texts: Texts,
    /// Names of tests.
    pub names: Names,
    /// Times.
    pub times: Times,
    /// Without coverage and benchmarks. Where names are not kept, there are none of these either.
    pub no_measures: bool,
}

/// Why bytes are not read as a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackError {
    /// They do not begin as one.
    NoPack,
    /// It was written by a version that this one does not know.
    Newer(u8),
    /// It ends too early: a link or a file that was cut off.
    CutOff,
    /// A byte in it is not what was written.
    Damaged,
    /// It unpacks to more than is read.
    TooLarge,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPack => f.write_str("this is no pack of runs"),
            Self::Newer(version) => write!(
                f,
                "made by a newer Lanescope: its format is {version}, and this one reads up to {VERSION}; get the newest to open it"
            ),
            Self::CutOff => f.write_str("the pack of runs ends too early: the link or the file was cut off"),
            Self::Damaged => f.write_str("the pack of runs is damaged: it is not what was written"),
            Self::TooLarge => f.write_str("the pack of runs unpacks to more than is read"),
        }
    }
}

/// A run in a pack, with what was said of it.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    /// The run.
    pub run: Run,
    /// What was wrong or remarkable about the files that it was read from.
    pub notes: Vec<Issue>,
}

/// One or more runs as bytes.
#[must_use]
pub fn pack(runs: &[&Run], options: &PackOptions) -> Vec<u8> {
    let runs: Vec<(&Run, &[Issue])> = runs.iter().map(|&run| (run, &[][..])).collect();
    pack_noted(&runs, options)
}

/// [`pack`], each run with what was said of the files that it was read from: at most [`MOST_NOTES`] messages, the gravest,
/// and how many more there were. None where names are not kept, since messages have names in them.
#[must_use]
pub fn pack_noted(runs: &[(&Run, &[Issue])], options: &PackOptions) -> Vec<u8> {
    let kept = options.names == Names::Kept;
    let notes: Vec<Vec<Issue>> =
        runs.iter().map(|(_, notes)| if kept { notes::few(notes) } else { Vec::new() }).collect();
    let reduced;
    let mut whole: Vec<&Run> = runs.iter().map(|(run, _)| *run).collect();
    if *options != PackOptions::default() {
        reduced = reduce(&whole, options);
        whole = reduced.iter().collect();
    }
    let runs: Vec<(&Run, &[Issue])> = whole.into_iter().zip(notes.iter().map(Vec::as_slice)).collect();
    encode::encode(&runs)
}

/// The runs of a pack.
///
/// # Errors
/// When the bytes are no pack, or one that cannot be read; nothing of it is given then.
pub fn unpack(bytes: &[u8]) -> Result<Vec<Run>, PackError> {
    Ok(unpack_noted(bytes, MAX_UNPACKED)?.into_iter().map(|packed| packed.run).collect())
}

/// The runs of a pack with what was said of them, where it unpacks to at most so many bytes.
///
/// # Errors
/// As [`unpack`].
pub fn unpack_noted(bytes: &[u8], most: usize) -> Result<Vec<Packed>, PackError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(PackError::NoPack)?;
    let (&version, rest) = rest.split_first().ok_or(PackError::CutOff)?;
    match version {
        0 => return Err(PackError::Damaged),
        1..=VERSION => {}
        newer => return Err(PackError::Newer(newer)),
    }
    decode::decode(&deflate::inflate(rest, most)?, most)
}

/// Whether bytes begin as a pack.
#[must_use]
pub fn is_pack(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

//! The envelope, the questions and the answers.

use serde::{Deserialize, Serialize};

use crate::{
    AttemptBrief, ColourBy, CriticalEnd, ExportRequest, FileSummary, Legend, Limits, Measure, MeasureRequest, Overview,
    PartKey, Pieces, Place, RunSummary, Series, SeriesRequest, TestDetail, TestsPage, TestsRequest, Timeline,
    TimelineRequest, Waterfall, WindowRequest,
};

/// Version of the protocol. Page and worker of different versions refuse each other.
pub const VERSION: u32 = 1;

/// A message from the page to the engine or to the reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToEngine {
    /// [`VERSION`].
    pub v: u32,
    /// The answer carries the same number.
    pub id: u32,
    /// What is asked.
    pub body: Request,
}

/// What the page asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// The first message: who is asking.
    Hello {
        /// Build of the page; a worker of another build says so.
        build: String,
    },
    /// Read files. The blobs travel beside the message, in this order. To the reader.
    /// Answered by any number of [`Answer::Progress`], then [`Answer::Read`] or [`Answer::Cancelled`].
    Open {
        /// Paths, relative to what was dropped or chosen.
        paths: Vec<String>,
    },
    /// Stop reading; what was loaded before stays. To the reader.
    Cancel,
    /// Take in what the reader has read: its buffers travel beside the message. Answered by [`Answer::Opened`].
    Take,
    /// Take in a run that was predicted: the bytes of `model::Run::encode` travel beside the message, as the reader's
    /// buffers do. It is marked as simulated and never joined with recorded files. Answered by [`Answer::Opened`].
    Made {
        /// Its name for people.
        name: String,
    },
    /// Forget everything.
    Close,
    /// All runs that are loaded.
    Runs,
    /// A whole run, for the laboratory: its columns as bytes, beside the answer.
    Columns {
        /// The run's id.
        run: String,
    },
    /// Everything that the overview shows.
    Overview {
        /// The run's id.
        run: String,
    },
    /// The lanes of a run.
    Timeline(TimelineRequest),
    /// The bars of a time window; the answer is a frame, beside the message.
    Window(WindowRequest),
    /// The classes of a colouring.
    Legend {
        /// The run's id.
        run: String,
        /// What the colours say.
        colour: ColourBy,
    },
    /// Tests running and done over a stretch of time.
    Series(SeriesRequest),
    /// What happened in a stretch of time.
    Measure(MeasureRequest),
    /// Where the attempts of a test lie; nowhere, if the run has no such test or it has no place on the lanes.
    Places {
        /// The lanes.
        timeline: TimelineRequest,
        /// Identity of the test, as in [`crate::TestLine::id`].
        test: String,
    },
    /// The attempt after (or before) one on its lane; none at the end. Answered by [`Answer::Places`].
    Step {
        /// The lanes.
        timeline: TimelineRequest,
        /// Row of the attempt.
        attempt: u32,
        /// The one after it, or the one before it.
        forward: bool,
    },
    /// One attempt, for a tooltip.
    Attempt {
        /// The run's id.
        run: String,
        /// Row of the attempt, as in a frame.
        attempt: u32,
    },
    /// A page of the list of tests.
    Tests(TestsRequest),
    /// One test in detail.
    Test {
        /// The run's id.
        run: String,
        /// Identity of the test, as in [`crate::TestLine::id`].
        test: String,
    },
    /// Where the workers' time went, without rest.
    Waterfall {
        /// The run's id.
        run: String,
    },
    /// The bars and holes that a part of the waterfall is made of.
    Pieces {
        /// The run's id.
        run: String,
        /// The part.
        part: PartKey,
        /// First row wanted.
        offset: u32,
        /// Rows wanted; at most 1000 are given.
        limit: u32,
    },
    /// What holds the end of a run up.
    End {
        /// The run's id.
        run: String,
    },
    /// Time-outs of a run.
    Limits {
        /// The run's id.
        run: String,
    },
    /// A file to save; its bytes come beside the answer.
    Export(ExportRequest),
    /// All files that are loaded, and the runs. Answered by [`Answer::Opened`] with nothing to show.
    Files,
    /// Make the runs by this rule, of what is loaded and of what is opened from now on. Answered by [`Answer::Opened`].
    Group {
        /// `auto`, `none`, `apart`, `one`, `folder`, `file`, `archive`, or a part of the path with `{}` for the group's
        /// name; then a line for each group that was named by hand: the file's path, a tab, the name.
        rule: String,
        /// The run to show, if it is still there.
        show: Option<String>,
    },
    /// Let go of files; the rest stays. Answered by [`Answer::Opened`].
    Forget {
        /// Their paths; that of an archive stands for all that is in it.
        paths: Vec<String>,
        /// The run to show, if it is still there.
        show: Option<String>,
    },
    /// What to do about an address that brought nothing. To the reader.
    Unreachable {
        /// The address, absolute.
        address: String,
        /// The page's own origin.
        own: String,
        /// What the server answered, such as `404 Not Found`; empty where no answer could be read.
        status: String,
    },
}

/// A message from the engine, or from the reader, to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FromEngine {
    /// [`VERSION`].
    pub v: u32,
    /// The number of the question.
    pub id: u32,
    /// The answer.
    pub body: Answer,
}

/// How far reading has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReadProgress {
    /// The file being read.
    pub path: String,
    /// Files read to the end, of all in this opening.
    pub files_done: u32,
    /// Files in this opening.
    pub files: u32,
    /// Bytes read, all files.
    pub bytes: u64,
    /// Bytes in all files.
    pub bytes_total: u64,
    /// Tests found so far.
    pub tests: u64,
}

/// So many files of a run are told of when it is opened.
pub const FIRST_FILES: usize = 12;

/// What an opening brought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenedFiles {
    /// Files that are loaded or were tried, with their messages; those of this opening come last. To [`Request::Files`]
    /// all of them; else those with an error or a warning, the first [`FIRST_FILES`] of each run, and one of this opening
    /// at least: a folder of results has thousands of which there is nothing to say.
    pub files: Vec<FileSummary>,
    /// Index in `files` of the first file of this opening.
    pub new_from: u32,
    /// All runs, ordered by start.
    pub runs: Vec<RunSummary>,
    /// The run to show: the widest of this opening, or the newest.
    pub show: Option<String>,
    /// Overview of that run, so that it can be shown at once.
    pub overview: Option<Box<Overview>>,
    /// Lanes of that run, so that they can be drawn at once; its first frame travels beside the message.
    pub timeline: Option<Box<Timeline>>,
}

/// What the engine answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To [`Request::Hello`].
    Hello {
        /// Build of the worker.
        build: String,
    },
    /// While reading.
    Progress(ReadProgress),
    /// To [`Request::Open`], from the reader: what was read travels beside the message, for [`Request::Take`].
    Read,
    /// To [`Request::Take`], [`Request::Made`], [`Request::Files`], [`Request::Group`] and [`Request::Forget`].
    Opened(Box<OpenedFiles>),
    /// To [`Request::Open`], after a [`Request::Cancel`].
    Cancelled,
    /// To [`Request::Close`].
    Closed,
    /// To [`Request::Runs`], ordered by start.
    Runs(Vec<RunSummary>),
    /// To [`Request::Columns`]: the bytes of `model::Run::encode` travel beside the message.
    Columns,
    /// To [`Request::Overview`].
    Overview(Box<Overview>),
    /// To [`Request::Timeline`].
    Timeline(Box<Timeline>),
    /// To [`Request::Window`]: the frame travels beside the message.
    Frame,
    /// To [`Request::Legend`].
    Legend(Legend),
    /// To [`Request::Series`].
    Series(Box<Series>),
    /// To [`Request::Measure`].
    Measure(Box<Measure>),
    /// To [`Request::Places`] and [`Request::Step`].
    Places(Vec<Place>),
    /// To [`Request::Attempt`].
    Attempt(Box<AttemptBrief>),
    /// To [`Request::Tests`].
    Tests(Box<TestsPage>),
    /// To [`Request::Test`].
    Test(Box<TestDetail>),
    /// To [`Request::Waterfall`].
    Waterfall(Box<Waterfall>),
    /// To [`Request::Pieces`].
    Pieces(Box<Pieces>),
    /// To [`Request::End`].
    End(Box<CriticalEnd>),
    /// To [`Request::Limits`].
    Limits(Box<Limits>),
    /// To [`Request::Export`]: the bytes travel beside the message.
    Exported {
        /// Name for the file.
        name: String,
        /// Its media type.
        mime: String,
    },
    /// The question could not be answered.
    Failed {
        /// Why.
        text: String,
    },
    /// To [`Request::Open`], from the reader that the page starts with: one of the files is of a kind that only the
    /// full reader knows. The same question is for that one.
    NeedsFull,
    /// To [`Request::Unreachable`].
    Instead {
        /// Whether `text` is an address to fetch instead; else it is a sentence for the user.
        fetch: bool,
        /// Address or sentence.
        text: String,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    #[test]
    fn a_message_survives_the_wire() {
        let asked = ToEngine { v: VERSION, id: 7, body: Request::Open { paths: vec!["a/junit.xml".into()] } };
        let json = serde_json::to_string(&asked).unwrap();
        assert_eq!(serde_json::from_str::<ToEngine>(&json).unwrap(), asked);
    }
}

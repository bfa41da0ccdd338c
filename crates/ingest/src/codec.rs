//! What was read, as bytes: from the worker that reads to the one that answers.

use std::sync::Arc;

use lanescope_model::bytes::{Foreign, Sink, Source as Bytes};
use lanescope_model::{Issue, Place, Run, Severity};

use crate::{Archive, Attachment, FileReport, Format, Loaded, More, Named, Shard, Source};

/// What it begins with; the last byte is the version of what follows.
const MAGIC: u32 = u32::from_le_bytes(*b"rd:\x02");

/// Writes what came out of files as bytes; `out` gets them in order, the long ones as they lie.
pub fn encode(files: &[Loaded], out: &mut dyn FnMut(&[u8])) {
    let to = &mut Sink::new(out);
    to.u32(MAGIC);
    to.len(files.len());
    for file in files {
        encode_report(&file.report, to);
        to.len(file.sources.len());
        for source in &file.sources {
            to.text(&source.path);
            encode_format(source.format, to);
            to.bool(source.naive_clock);
            to.bool(source.shard.is_some());
            to.u32(source.shard.map_or(0, |shard| shard.current));
            to.u32(source.shard.map_or(0, |shard| shard.total));
            source.run.encode(to);
        }
    }
    to.flush();
}

/// Reads back what [`encode`] wrote: `bytes` bytes, of which `from` gives the next ones.
///
/// # Errors
/// When the bytes are not those of this version.
pub fn decode(bytes: usize, from: &mut dyn FnMut(&mut [u8])) -> Result<Vec<Loaded>, Foreign> {
    let from = &mut Bytes::new(bytes, from);
    if from.u32()? != MAGIC {
        return Err(Foreign);
    }
    let mut files = Vec::new();
    for _ in 0..from.len(1)? {
        let report = decode_report(from, files.last().and_then(|file: &Loaded| file.report.archive.as_ref()))?;
        let mut sources = Vec::new();
        for _ in 0..from.len(1)? {
            sources.push(decode_source(from, &report.path)?);
        }
        files.push(Loaded { report, sources, foreign: false });
    }
    if from.left() == 0 { Ok(files) } else { Err(Foreign) }
}

/// What is said again and again takes room once.
fn shared(text: String, said: Option<&Arc<str>>) -> Arc<str> {
    said.filter(|said| ***said == *text).map_or_else(|| text.into(), Arc::clone)
}

/// The source of a file of this path.
fn decode_source(from: &mut Bytes<'_>, of: &Arc<str>) -> Result<Source, Foreign> {
    let path = shared(from.text()?, Some(of));
    let format = decode_format(from)?;
    let naive_clock = from.bool()?;
    let is_shard = from.bool()?;
    let shard = Shard { current: from.u32()?, total: from.u32()? };
    let run = Arc::new(Run::decode(from)?);
    Ok(Source { path, format, naive_clock, shard: is_shard.then_some(shard), run })
}

fn encode_report(report: &FileReport, to: &mut Sink<'_>) {
    to.text(&report.path);
    encode_format(report.format, to);
    to.maybe_text(report.dialect.as_deref());
    to.maybe_text(report.archive.as_deref());
    to.bool(report.no_report);
    to.u64(report.bytes);
    to.len(report.tests);
    to.len(report.issues.len());
    for issue in &report.issues {
        to.u8(issue.severity as u8);
        match &issue.at {
            None => to.u8(0),
            Some(Place::Line(line)) => {
                to.u8(1);
                to.u64(*line);
            }
            Some(Place::Byte(byte)) => {
                to.u8(2);
                to.u64(*byte);
            }
            Some(Place::Path(path)) => {
                to.u8(3);
                to.text(path);
            }
        }
        to.text(&issue.text);
    }
}

/// The report of a file; the one before came out of `archive`.
fn decode_report(from: &mut Bytes<'_>, archive: Option<&Arc<str>>) -> Result<FileReport, Foreign> {
    let mut report = FileReport {
        path: from.text()?.into(),
        format: decode_format(from)?,
        dialect: from.maybe_text()?,
        archive: from.maybe_text()?.map(|text| shared(text, archive)),
        no_report: from.bool()?,
        bytes: from.u64()?,
        tests: usize::try_from(from.u64()?).map_err(|_| Foreign)?,
        issues: Vec::new(),
    };
    for _ in 0..from.len(1)? {
        let severity = match from.u8()? {
            0 => Severity::Info,
            1 => Severity::Warning,
            2 => Severity::Error,
            _ => return Err(Foreign),
        };
        let at = match from.u8()? {
            0 => None,
            1 => Some(Place::Line(from.u64()?)),
            2 => Some(Place::Byte(from.u64()?)),
            3 => Some(Place::Path(from.text()?)),
            _ => return Err(Foreign),
        };
        report.issues.push(Issue { severity, at, text: from.text()? });
    }
    Ok(report)
}

/// Formats that have a name of their own here.
const KNOWN: [Format; 9] = [
    Format::JunitXml,
    Format::PytestReportlog,
    Format::XdistConsole,
    Format::PlaywrightJson,
    Format::PlaywrightBlob,
    Format::GithubJobs,
    Format::RunMetadata,
    Format::Prediction,
    Format::Unknown,
];

/// By name: the number of a format would be one more thing to keep in step.
fn encode_format(format: Format, to: &mut Sink<'_>) {
    to.u8(match format {
        Format::More(_) => 1,
        Format::Other(_) => 2,
        Format::Archive(_) => 3,
        Format::Attachment(_) => 4,
        _ => 0,
    });
    to.text(format.as_str());
}

fn decode_format(from: &mut Bytes<'_>) -> Result<Format, Foreign> {
    let kind = from.u8()?;
    let name = from.text()?;
    let format = match kind {
        0 => KNOWN.into_iter().find(|format| format.as_str() == name),
        1 => More::of(&name).map(Format::More),
        2 => Named::of(&name).map(Format::Other),
        3 => Archive::of(&name).map(Format::Archive),
        4 => Attachment::of(&name).map(Format::Attachment),
        _ => None,
    };
    format.ok_or(Foreign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_comes_back_as_itself() {
        let named = Named::ALL.iter().copied().map(Format::Other).chain(More::ALL.iter().copied().map(Format::More));
        let kinds = Archive::ALL.iter().copied().map(Format::Archive);
        let kinds = kinds.chain(Attachment::ALL.iter().copied().map(Format::Attachment));
        for format in KNOWN.into_iter().chain(named).chain(kinds) {
            let report = FileReport { format, ..FileReport::default() };
            let mut bytes = Vec::new();
            let loaded = [Loaded { report, sources: Vec::new(), foreign: false }];
            encode(&loaded, &mut |part| bytes.extend_from_slice(part));
            let mut rest = bytes.as_slice();
            let back = decode(bytes.len(), &mut |to| {
                let (head, tail) = rest.split_at(to.len());
                to.copy_from_slice(head);
                rest = tail;
            });
            assert_eq!(back.map(|files| files.first().map(|f| f.report.format)), Ok(Some(format)));
        }
    }
}

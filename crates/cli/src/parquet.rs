//! Runs as Parquet: three tables, a file for each run in a folder for each day.
//!
//! The columns are described in docs/parquet.md. A file is named after its run, so that writing a run again replaces it and
//! a folder grows into a history.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use lanescope_analysis::{Layout, Placement, span_us, time_us};
use lanescope_model::{Run, TextKind};
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// Values of a column; every one may be unknown.
enum Values {
    Text(Vec<Option<String>>),
    Int(Vec<Option<i64>>),
    /// Microseconds since the Unix epoch, in UTC.
    Point(Vec<Option<i64>>),
    Flag(Vec<Option<bool>>),
}

struct Column {
    name: &'static str,
    values: Values,
}

/// Writes the tables of a run, whose id names its files, below a folder.
pub(crate) fn write(run: &Run, id: &str, folder: &Path) -> Result<()> {
    let start_us = run.meta.session.start_us.or_else(|| run.window_us().map(|(first, _)| first));
    // What Hive calls a part whose key is null; readers of such folders know it.
    let day = start_us.map_or("__HIVE_DEFAULT_PARTITION__".to_owned(), lanescope_exchange::date);
    let name: String = id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    for (table, columns) in
        [("runs", runs(run, id, start_us)), ("tests", tests(run, id)), ("attempts", attempts(run, id))]
    {
        let folder = folder.join(table).join(format!("date={day}"));
        fs::create_dir_all(&folder)?;
        file(&folder.join(format!("{name}.parquet")), table, &columns)?;
    }
    Ok(())
}

fn runs(run: &Run, id: &str, start_us: Option<i64>) -> Vec<Column> {
    let meta = &run.meta;
    let recorded = Layout::of(run, None).placement == Placement::Recorded;
    vec![
        text("run", [Some(id)]),
        text("label", [Some(meta.label.as_str())]),
        Column { name: "started_at", values: Values::Point(vec![start_us]) },
        text("commit", [meta.commit.as_deref()]),
        text("branch", [meta.branch.as_deref()]),
        text("url", [meta.url.as_deref()]),
        text("dist_mode", [meta.dist_mode.as_deref()]),
        Column { name: "workers_recorded", values: Values::Flag(vec![Some(recorded)]) },
        Column { name: "sequential", values: Values::Flag(vec![Some(meta.sequential)]) },
        Column { name: "simulated", values: Values::Flag(vec![Some(meta.simulated)]) },
        Column { name: "interrupted", values: Values::Flag(vec![Some(meta.interrupted)]) },
        int("declared_workers", [meta.declared_workers.map(i64::from)]),
        int("session_us", [meta.session.length_us.filter(|&us| us >= 0)]),
    ]
}

fn tests(run: &Run, id: &str) -> Vec<Column> {
    let t = &run.tests;
    let string = |id| run.strings.get(id);
    vec![
        text("run", t.ids().map(|_| Some(id))),
        int("test_number", t.ids().map(|test| Some(i64::from(test.0)))),
        text("group", t.ids().map(|test| t.group(test).map(|group| run.group_name(group)))),
        text("test", t.ids().map(|test| Some(run.test_id(test)))),
        text("suite", t.ids().map(|test| Some(run.suite(test)))),
        text("name", t.ids().map(|test| Some(run.test_name(test)))),
        text("file", t.ids().map(|test| t.file(test).map(string))),
        int("line", t.ids().map(|test| t.line(test).map(i64::from))),
        text("markers", t.ids().map(|test| Some(string(t.markers(test))).filter(|markers| !markers.is_empty()))),
        text("outcome", t.ids().map(|test| Some(t.outcome(test).as_str()))),
        Column { name: "flaky", values: Values::Flag(t.ids().map(|test| Some(t.is_flaky(test))).collect()) },
    ]
}

fn attempts(run: &Run, id: &str) -> Vec<Column> {
    let a = &run.attempts;
    let rows = || run.tests.ids().flat_map(|test| run.tests.attempts(test).enumerate());
    let point = |of: &dyn Fn((i64, i64)) -> i64| {
        Values::Point(rows().map(|(_, attempt)| span_us(run, attempt).map(of)).collect())
    };
    vec![
        text("run", rows().map(|_| Some(id))),
        int("test_number", rows().map(|(_, attempt)| Some(i64::from(a.test(attempt).0)))),
        int("attempt", rows().map(|(number, _)| Some(number as i64 + 1))),
        text("group", rows().map(|(_, at)| run.tests.group(a.test(at)).map(|group| run.group_name(group)))),
        text("test", rows().map(|(_, attempt)| Some(run.test_id(a.test(attempt))))),
        text("worker", rows().map(|(_, attempt)| a.worker(attempt).map(|worker| run.worker_name(worker)))),
        text("outcome", rows().map(|(_, attempt)| Some(a.outcome(attempt).as_str()))),
        Column { name: "start", values: point(&|(start, _)| start) },
        Column { name: "stop", values: point(&|(_, stop)| stop) },
        int("time_us", rows().map(|(_, attempt)| time_us(run, attempt))),
        int("setup_us", rows().map(|(_, attempt)| a.setup_us(attempt))),
        int("call_us", rows().map(|(_, attempt)| a.call_us(attempt))),
        int("teardown_us", rows().map(|(_, attempt)| a.teardown_us(attempt))),
        text("message", rows().map(|(_, at)| Some(run.text(at, TextKind::Message)).filter(|text| !text.is_empty()))),
    ]
}

fn text<'a>(name: &'static str, values: impl IntoIterator<Item = Option<&'a str>>) -> Column {
    Column { name, values: Values::Text(values.into_iter().map(|text| text.map(str::to_owned)).collect()) }
}

fn int(name: &'static str, values: impl IntoIterator<Item = Option<i64>>) -> Column {
    Column { name, values: Values::Int(values.into_iter().collect()) }
}

fn file(path: &Path, table: &str, columns: &[Column]) -> Result<()> {
    let field = |column: &Column| match &column.values {
        Values::Text(_) => format!("optional binary {} (UTF8);", column.name),
        Values::Int(_) => format!("optional int64 {};", column.name),
        Values::Point(_) => format!("optional int64 {} (TIMESTAMP(MICROS,true));", column.name),
        Values::Flag(_) => format!("optional boolean {};", column.name),
    };
    let fields: Vec<String> = columns.iter().map(field).collect();
    let schema = Arc::new(parse_message_type(&format!("message {table} {{ {} }}", fields.join(" ")))?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("lanescope {}", env!("CARGO_PKG_VERSION")))
        .build();
    let mut writer = SerializedFileWriter::new(File::create(path)?, schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in columns {
        let Some(mut to) = group.next_column()? else { break };
        match &column.values {
            Values::Text(values) => {
                let known: Vec<ByteArray> =
                    values.iter().flatten().map(|text| ByteArray::from(text.as_str())).collect();
                to.typed::<ByteArrayType>().write_batch(&known, Some(&levels(values)), None)?;
            }
            Values::Int(values) | Values::Point(values) => {
                let known: Vec<i64> = values.iter().flatten().copied().collect();
                to.typed::<Int64Type>().write_batch(&known, Some(&levels(values)), None)?;
            }
            Values::Flag(values) => {
                let known: Vec<bool> = values.iter().flatten().copied().collect();
                to.typed::<BoolType>().write_batch(&known, Some(&levels(values)), None)?;
            }
        }
        to.close()?;
    }
    group.close()?;
    writer.close()?;
    Ok(())
}

/// 1 for what is known, 0 for what is not.
fn levels<T>(values: &[Option<T>]) -> Vec<i16> {
    values.iter().map(|value| i16::from(value.is_some())).collect()
}

//! The library: runs that this browser keeps, in its IndexedDB. Two tables: what is known of each run, as JSON with a
//! version, and its pack; so that the list is read without the runs.

use idb::{Database, Error, Factory, ObjectStoreParams, Query, Transaction, TransactionMode, TransactionResult};
use js_sys::Uint8Array;
use lanescope_protocol::KeptRun;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use lanescope_ui::shell::dom;

/// The database, and the version of its tables.
const NAME: &str = "lanescope";
const VERSION: u32 = 1;
const RUNS: &str = "runs";
const PACKS: &str = "packs";
/// The version of a record.
const RECORD: u32 = 1;

/// A run in the library.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version of this record.
    pub v: u32,
    /// The run.
    pub run: KeptRun,
    /// Bytes of its pack.
    pub bytes: u32,
    /// When it was kept, milliseconds since the Unix epoch.
    pub kept_ms: f64,
}

impl Record {
    /// A record of this version.
    pub fn new(run: KeptRun, bytes: u32) -> Self {
        Self { v: RECORD, run, bytes, kept_ms: js_sys::Date::now() }
    }
}

/// What the library holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// Runs that this version can open.
    pub records: Vec<Record>,
    /// How many were kept by a newer version, and are left as they are.
    pub newer: usize,
}

/// Reads a record of any version up to this one. `None` if it is of a newer one, or none at all.
fn upgraded(text: &str) -> Option<Record> {
    // There has been one version only: a second one turns the records of the first into its own here.
    serde_json::from_str(text).ok().filter(|record: &Record| record.v == RECORD)
}

/// Why the library did not do what was asked, as a sentence.
fn sentence(error: &Error) -> String {
    let name = match error {
        Error::DomException(error) => error.name(),
        other => other.to_string(),
    };
    if name.contains("VersionError") {
        "The library of this browser was written by a newer Lanescope. Nothing in it was changed; open it there."
            .to_owned()
    } else if name.contains("QuotaExceeded") {
        FULL.to_owned()
    } else {
        format!("The browser does not let the library be used here ({name}). A private window has none.")
    }
}

const FULL: &str = "The browser has no room left for another run. What was kept is still there: delete runs, or give the browser more room.";

/// Why nothing was deleted, where the browser does not say.
const NOT_DELETED: &str =
    "The browser did not delete what was to go. Nothing in the library was changed; try it again.";

async fn database() -> Result<Database, String> {
    let factory = Factory::new().map_err(|error| sentence(&error))?;
    let mut request = factory.open(NAME, Some(VERSION)).map_err(|error| sentence(&error))?;
    request.on_upgrade_needed(|event| {
        use idb::DatabaseEvent;
        // From nothing to version 1; a later version adds its steps behind this one.
        let Ok(database) = event.database() else { return };
        for name in [RUNS, PACKS] {
            if !database.store_names().iter().any(|there| there == name) {
                let _ = database.create_object_store(name, ObjectStoreParams::new());
            }
        }
    });
    request.await.map_err(|error| sentence(&error))
}

async fn began(mode: TransactionMode) -> Result<Transaction, String> {
    let database = database().await?;
    let transaction = database.transaction(&[RUNS, PACKS], mode).map_err(|error| sentence(&error));
    // It ends with its transaction: a connection that stays open would stand in the way of a newer version.
    database.close();
    transaction
}

/// Ends a change: all of it is kept, or nothing, which `aborted` says.
async fn ended(transaction: Transaction, aborted: &str) -> Result<(), String> {
    match transaction.await {
        Ok(TransactionResult::Committed) => Ok(()),
        Ok(TransactionResult::Aborted) => Err(aborted.to_owned()),
        Err(error) => Err(sentence(&error)),
    }
}

/// Everything that is kept, the newest first.
pub async fn list() -> Result<Listed, String> {
    let transaction = began(TransactionMode::ReadOnly).await?;
    let values = all(&transaction).await.map_err(|error| sentence(&error))?;
    let mut listed = Listed::default();
    for value in values {
        match value.as_string().as_deref().and_then(upgraded) {
            Some(record) => listed.records.push(record),
            None => listed.newer += 1,
        }
    }
    listed.records.sort_by(|a, b| {
        let key = |record: &Record| (record.run.started_us.unwrap_or(i64::MIN), record.kept_ms as i64);
        key(b).cmp(&key(a)).then_with(|| a.run.id.cmp(&b.run.id))
    });
    Ok(listed)
}

async fn all(transaction: &Transaction) -> Result<Vec<JsValue>, Error> {
    transaction.object_store(RUNS)?.get_all(None, None)?.await
}

/// Keeps a run; one of the same id is replaced. `false` where that one was kept by a newer version: it is left as it is.
pub async fn keep(record: &Record, pack: &[u8]) -> Result<bool, String> {
    let transaction = began(TransactionMode::ReadWrite).await?;
    let kept = put(&transaction, record, pack).await.map_err(|error| sentence(&error))?;
    ended(transaction, FULL).await?;
    Ok(kept)
}

async fn put(transaction: &Transaction, record: &Record, pack: &[u8]) -> Result<bool, Error> {
    let key = JsValue::from_str(&record.run.id);
    let runs = transaction.object_store(RUNS)?;
    let there = runs.get(Query::Key(key.clone()))?.await?;
    if there.is_some_and(|there| there.as_string().as_deref().and_then(upgraded).is_none()) {
        return Ok(false);
    }
    let text = serde_json::to_string(record).unwrap_or_default();
    runs.put(&JsValue::from_str(&text), Some(&key))?.await?;
    transaction.object_store(PACKS)?.put(&Uint8Array::from(pack), Some(&key))?.await?;
    Ok(true)
}

/// The packs of runs, in their order; those that are gone are left out.
pub async fn packs(ids: &[String]) -> Result<Vec<(String, Uint8Array)>, String> {
    let transaction = began(TransactionMode::ReadOnly).await?;
    let mut found = Vec::new();
    for id in ids {
        if let Some(pack) = one(&transaction, id).await.map_err(|error| sentence(&error))? {
            found.push((id.clone(), Uint8Array::new(&pack)));
        }
    }
    Ok(found)
}

async fn one(transaction: &Transaction, id: &str) -> Result<Option<JsValue>, Error> {
    transaction.object_store(PACKS)?.get(Query::Key(JsValue::from_str(id)))?.await
}

/// Deletes these runs, and no others: another tab, or a newer version, may have kept more meanwhile.
pub async fn delete(ids: &[String]) -> Result<(), String> {
    let transaction = began(TransactionMode::ReadWrite).await?;
    remove(&transaction, ids).await.map_err(|error| sentence(&error))?;
    ended(transaction, NOT_DELETED).await
}

async fn remove(transaction: &Transaction, ids: &[String]) -> Result<(), Error> {
    for name in [RUNS, PACKS] {
        let store = transaction.object_store(name)?;
        for id in ids {
            store.delete(Query::Key(JsValue::from_str(id)))?.await?;
        }
    }
    Ok(())
}

/// Bytes that this page uses in the browser, and may use.
pub async fn room() -> Option<(f64, f64)> {
    let estimate = JsFuture::from(dom::window().navigator().storage().estimate().ok()?).await.ok()?;
    let number = |key: &str| js_sys::Reflect::get(&estimate, &key.into()).ok()?.as_f64();
    Some((number("usage")?, number("quota")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_this_version_are_read_and_newer_ones_left_alone() {
        let record = Record {
            v: RECORD,
            run: KeptRun { id: "a".into(), tests: 3, ..KeptRun::default() },
            bytes: 7,
            kept_ms: 1.0,
        };
        let text = serde_json::to_string(&record).unwrap_or_default();
        assert_eq!(upgraded(&text), Some(record));
        assert_eq!(upgraded(&text.replace("\"v\":1", "\"v\":2")), None);
        // A field that is missing is not known; one that this version does not know is nothing to it.
        let few = upgraded(r#"{"v":1,"run":{"id":"b","later":true},"bytes":1,"kept_ms":2}"#);
        assert_eq!(few.map(|record| (record.run.id, record.run.tests)), Some(("b".to_owned(), 0)));
        assert_eq!(upgraded("nothing"), None);
    }
}

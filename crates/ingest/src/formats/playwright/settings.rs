//! The configuration that a report carries.

use super::super::Shard;
use super::emit::Settings;
use crate::json::Cursor;

/// Reads `config`; what is missing or of another kind stays unknown.
pub(super) fn read(c: &mut Cursor<'_>, settings: &mut Settings) -> Option<()> {
    let mut actual = None;
    c.members(&mut |c, key| {
        match key {
            "workers" => settings.workers = count(c)?.or(settings.workers),
            "shard" => settings.shard = shard(c)?.or(settings.shard),
            "rootDir" => settings.root = c.string()?.into_owned(),
            "metadata" => return metadata(c, settings, &mut actual),
            _ => return c.skip(),
        }
        Some(())
    })?;
    // As many as there was work for, where that is said.
    settings.workers = actual.or(settings.workers);
    Some(())
}

fn count(c: &mut Cursor<'_>) -> Option<Option<u32>> {
    c.int().map(|n| n.and_then(|n| n.try_into().ok()))
}

/// `{current, total}`, or null.
pub(super) fn shard(c: &mut Cursor<'_>) -> Option<Option<Shard>> {
    let (mut current, mut total) = (None, None);
    c.members(&mut |c, key| {
        match key {
            "current" => current = count(c)?,
            "total" => total = count(c)?,
            _ => return c.skip(),
        }
        Some(())
    })?;
    let shard = current.zip(total).map(|(current, total)| Shard { current, total });
    Some(shard.filter(|s| s.total > 1 && (1..=s.total).contains(&s.current)))
}

/// Playwright writes `gitCommit` and `ci` where it finds them; before that, `revision.id` and the like.
fn metadata(c: &mut Cursor<'_>, settings: &mut Settings, actual: &mut Option<u32>) -> Option<()> {
    c.members(&mut |c, key| {
        let text = |c: &mut Cursor<'_>| c.string().map(|s| (!s.is_empty()).then(|| s.into_owned()));
        match key {
            "actualWorkers" => *actual = count(c)?,
            "revision.id" => settings.commit = text(c)?.or(settings.commit.take()),
            "ci.link" => settings.url = text(c)?.or(settings.url.take()),
            "gitCommit" | "ci" => {
                return c.members(&mut |c, key| {
                    match key {
                        "hash" | "commitHash" => settings.commit = text(c)?.or(settings.commit.take()),
                        "branch" => settings.branch = text(c)?.or(settings.branch.take()),
                        "buildHref" => settings.url = text(c)?.or(settings.url.take()),
                        _ => return c.skip(),
                    }
                    Some(())
                });
            }
            _ => return c.skip(),
        }
        Some(())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    #[test]
    fn the_parts_that_matter_are_found() {
        let json = r#"{"workers": 4, "shard": {"total": 3, "current": 2}, "rootDir": "/w", "projects": [{}],
            "metadata": {"actualWorkers": 2, "ci": {"buildHref": "https://ci/1", "commitHash": "abc"}, "gitCommit": {"branch": "main"}}}"#;
        let mut settings = Settings::default();
        read(&mut Cursor::new(json), &mut settings).unwrap();
        assert_eq!(settings.shard, Some(Shard { current: 2, total: 3 }));
        assert_eq!((settings.workers, settings.root.as_str()), (Some(2), "/w"));
        assert_eq!((settings.commit.as_deref(), settings.branch.as_deref()), (Some("abc"), Some("main")));
        assert_eq!(settings.url.as_deref(), Some("https://ci/1"));
    }

    #[test]
    fn a_shard_that_cannot_be_is_none() {
        for json in
            ["null", r#"{"current":1,"total":1}"#, r#"{"current":0,"total":3}"#, r#"{"current":4,"total":3}"#, "7"]
        {
            assert_eq!(shard(&mut Cursor::new(json)), Some(None), "{json}");
        }
    }
}

//! Files of several reports that are one file, though their paths begin elsewhere.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_model::order::sort;

/// Paths that are known, by the last part of each.
#[derive(Default)]
pub(super) struct Paths {
    by_name: HashMap<String, Vec<usize>, FixedState>,
    paths: Vec<String>,
}

impl Paths {
    /// Takes in a path; its place is the number of those before it.
    pub(super) fn add(&mut self, path: &str) {
        self.by_name.entry(name(path).to_owned()).or_default().push(self.paths.len());
        self.paths.push(path.to_owned());
    }

    /// For each path of one report the place of the known path that it is: the same, or one that ends with it or with which
    /// it ends. Each known path is taken once, since a report names a file once: equal paths first, then those that have
    /// most in common. Of several that have as much, `alike` (place in `paths`, known place) chooses, if it holds for one.
    pub(super) fn pair(&self, paths: &[&str], alike: &dyn Fn(usize, usize) -> bool) -> Vec<Option<usize>> {
        let mut found: Vec<Option<usize>> = vec![None; paths.len()];
        let mut taken = vec![false; self.paths.len()];
        let of = |at: usize| self.paths.get(at).map_or("", String::as_str);
        let take = |file: usize, at: usize, found: &mut Vec<Option<usize>>, taken: &mut Vec<bool>| {
            if let (Some(slot @ None), Some(known @ false)) = (found.get_mut(file), taken.get_mut(at)) {
                (*slot, *known) = (Some(at), true);
            }
        };
        let named = |path: &str| self.by_name.get(name(path)).map_or(&[][..], Vec::as_slice);
        for (file, path) in paths.iter().enumerate() {
            if let Some(&at) = named(path).iter().find(|&&at| of(at) == *path) {
                take(file, at, &mut found, &mut taken);
            }
        }
        let is_free = |file: usize, at: usize, found: &[Option<usize>], taken: &[bool]| {
            found.get(file) == Some(&None) && taken.get(at) == Some(&false)
        };
        let mut fits: Vec<(usize, usize, usize)> = Vec::new();
        for (file, path) in paths.iter().enumerate() {
            for &at in named(path) {
                if is_free(file, at, &found, &taken) && (ends_with(of(at), path) || ends_with(path, of(at))) {
                    fits.push((of(at).len().min(path.len()), file, at));
                }
            }
        }
        sort(&mut fits, &|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut counts: HashMap<(bool, usize), u32, FixedState> = HashMap::default();
        for equal in fits.chunk_by(|a, b| a.0 == b.0) {
            for by_lines in [false, true] {
                let holds = |&&(_, file, at): &&(usize, usize, usize)| {
                    is_free(file, at, &found, &taken) && (!by_lines || alike(file, at))
                };
                let free: Vec<_> = equal.iter().filter(holds).collect();
                counts.clear();
                for (_, file, at) in &free {
                    *counts.entry((false, *file)).or_default() += 1;
                    *counts.entry((true, *at)).or_default() += 1;
                }
                for (_, file, at) in free {
                    if counts.get(&(false, *file)) == Some(&1) && counts.get(&(true, *at)) == Some(&1) {
                        take(*file, *at, &mut found, &mut taken);
                    }
                }
            }
        }
        found
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a path ends with the whole parts of another.
fn ends_with(long: &str, short: &str) -> bool {
    let short = short.trim_start_matches("./");
    long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// The folder that all paths share, with its slash.
pub(super) fn shared_folder(paths: &mut dyn Iterator<Item = &str>) -> String {
    let Some(first) = paths.next() else { return String::new() };
    let mut folder = first.rfind('/').and_then(|at| first.get(..=at)).unwrap_or("");
    for path in paths {
        while !path.starts_with(folder) {
            let inner = folder.get(..folder.len().saturating_sub(1)).unwrap_or("");
            folder = inner.rfind('/').and_then(|at| folder.get(..=at)).unwrap_or("");
        }
    }
    folder.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_by_its_end() {
        let mut paths = Paths::default();
        for path in ["/work/shop/cart.py", "/work/shop/__init__.py", "/work/shop/till/__init__.py"] {
            paths.add(path);
        }
        let find = |path: &str| paths.pair(&[path], &|_, _| false).pop().flatten();
        assert_eq!(find("shop/cart.py"), Some(0));
        assert_eq!(find("/ci/build/work/shop/cart.py"), None);
        assert_eq!(find("art.py"), None);
        assert_eq!(find("till/__init__.py"), Some(2));
        assert_eq!(find("__init__.py"), None, "it may be either");
        assert_eq!(paths.pair(&["__init__.py"], &|_, at| at == 1), [Some(1)]);
    }

    #[test]
    fn a_known_path_is_taken_once_by_the_path_that_has_most_in_common() {
        let known = |all: &[&str]| {
            let mut paths = Paths::default();
            all.iter().for_each(|path| paths.add(path));
            paths
        };
        let pair = |all: &[&str], paths: &[&str]| known(all).pair(paths, &|_, _| false);
        assert_eq!(pair(&["lib/index.js"], &["index.js", "lib/index.js"]), [None, Some(0)]);
        assert_eq!(pair(&["/w/index.js", "/w/lib/index.js"], &["lib/index.js", "index.js"]), [Some(1), Some(0)]);
        assert_eq!(pair(&["index.js"], &["a/index.js", "b/index.js"]), [None, None], "it may be either");
        assert_eq!(known(&["x.js"]).pair(&["a/x.js", "b/x.js"], &|file, _| file == 1), [None, Some(0)]);
    }

    #[test]
    fn the_shared_folder_is_whole_parts() {
        assert_eq!(shared_folder(&mut ["a/bc/d", "a/bd/e"].into_iter()), "a/");
        assert_eq!(shared_folder(&mut ["/x.py"].into_iter()), "/");
        assert_eq!(shared_folder(&mut [].into_iter()), "");
    }
}

//! Files of several reports that are one file, though their paths begin elsewhere.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

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

    /// The place of the path that is this one, or ends with it, or with which it ends. Of several `alike` chooses, if it
    /// holds for one only.
    pub(super) fn find(&self, path: &str, alike: &dyn Fn(usize) -> bool) -> Option<usize> {
        let of = |&at: &usize| self.paths.get(at).map_or("", String::as_str);
        let named = self.by_name.get(name(path))?;
        if let Some(same) = named.iter().find(|at| of(at) == path) {
            return Some(*same);
        }
        let fits: Vec<usize> =
            named.iter().copied().filter(|at| ends_with(of(at), path) || ends_with(path, of(at))).collect();
        match fits.as_slice() {
            [only] => Some(*only),
            several => {
                let mut chosen = several.iter().copied().filter(|&at| alike(at));
                chosen.next().filter(|_| chosen.next().is_none())
            }
        }
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
        let find = |path: &str| paths.find(path, &|_| false);
        assert_eq!(find("shop/cart.py"), Some(0));
        assert_eq!(find("/ci/build/work/shop/cart.py"), None);
        assert_eq!(find("art.py"), None);
        assert_eq!(find("till/__init__.py"), Some(2));
        assert_eq!(find("__init__.py"), None, "it may be either");
        assert_eq!(paths.find("__init__.py", &|at| at == 1), Some(1));
    }

    #[test]
    fn the_shared_folder_is_whole_parts() {
        assert_eq!(shared_folder(&mut ["a/bc/d", "a/bd/e"].into_iter()), "a/");
        assert_eq!(shared_folder(&mut ["/x.py"].into_iter()), "/");
        assert_eq!(shared_folder(&mut [].into_iter()), "");
    }
}

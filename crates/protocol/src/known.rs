//! How the figures of a run are known, by their names.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Provenance;

/// The names that the stable interface has for figures, in the order in which it prints them.
const NAMES: [&str; 16] = [
    "benchmarks",
    "breakdown_s",
    "busy_s",
    "contention",
    "coverage",
    "efficiency",
    "longest",
    "lower_bound_s",
    "parallelism",
    "session_s",
    "session_speedup",
    "speedup",
    "timeline",
    "utilisation",
    "wall_s",
    "workers",
];

/// How each figure of a run is known, by the name of the figure: written as a map. Among thousands of runs a map of texts
/// would be half of what is kept of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known([Option<Provenance>; NAMES.len()]);

impl Known {
    /// How the figure of this name is known; `None` where the run has no such figure.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Provenance> {
        self.iter().find(|known| known.0 == name).map(|known| known.1)
    }

    /// Says how the figure of this name is known. A name that the interface does not have is passed over.
    pub fn set(&mut self, name: &str, provenance: Provenance) {
        for (slot, own) in self.0.iter_mut().zip(NAMES) {
            if own == name {
                *slot = Some(provenance);
            }
        }
    }

    /// Those that the run has.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Provenance)> {
        NAMES.into_iter().zip(self.0).filter_map(|(name, known)| Some((name, known?)))
    }
}

impl Serialize for Known {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.iter().count()))?;
        for (name, provenance) in self.iter() {
            map.serialize_entry(name, &provenance)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Known;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("how figures are known, by their names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Known, A::Error> {
                let mut known = Known::default();
                while let Some((name, provenance)) = map.next_entry::<String, Provenance>()? {
                    known.set(&name, provenance);
                }
                Ok(known)
            }
        }
        deserializer.deserialize_map(Names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_in_order() {
        assert!(NAMES.is_sorted());
        let mut known = Known::default();
        known.set("workers", Provenance::Recorded);
        known.set("busy_s", Provenance::Unknown);
        known.set("mood", Provenance::Recorded);
        assert_eq!(known.get("busy_s"), Some(Provenance::Unknown));
        assert_eq!((known.get("wall_s"), known.get("mood")), (None, None));
        let text = serde_json::to_string(&known).unwrap();
        assert_eq!(text, r#"{"busy_s":"unknown","workers":"recorded"}"#);
        assert_eq!(serde_json::from_str::<Known>(&text).unwrap(), known);
    }
}

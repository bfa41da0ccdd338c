//! The view `speedup`: why a run is as slow as it is, and what would make it fast.
//!
//! Everything is asked of the laboratory's worker; what the controls say stands in the fragment ([`keys`]).

mod bars;
mod controls;
mod curves;
mod keys;
mod measured;
mod sections;
mod spread;
mod state;
mod take_home;
mod verdict;
mod what_if;
mod words;

pub use sections::speedup_page;

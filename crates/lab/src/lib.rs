//! The speedup lab: what runs beside each other say of workers, where a run's time lies, and what costs it.
//!
//! Pure functions over whole runs; what they give are the plain types of `lanescope-protocol`. A speedup is a wall
//! time over a wall time of the same tests, never busy time over wall time.

pub mod speedup;
pub mod spread;
pub mod verdict;

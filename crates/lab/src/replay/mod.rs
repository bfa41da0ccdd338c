//! The replay: the work of a run dealt out again, as the runners do it.

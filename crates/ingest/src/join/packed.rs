//! Runs that were packed: they are whole, and nothing is joined to them.
//!
//! Only a run of the same id is the same run. It stands once among the runs: as its own files tell it if they are there,
//! since a pack may have left something out, and else as the first pack does.

use std::sync::Arc;

use lanescope_model::{Issue, Severity};

use crate::{Format, Joined, More, Part, Source};

/// Joins what is not packed with `join`, and lays the packed runs beside that.
pub(super) fn beside(sources: &[Source], join: &mut dyn FnMut(&[Source]) -> Vec<Joined>) -> Vec<Joined> {
    let is_packed = |source: &Source| source.format == Format::More(More::LanescopePack);
    if !sources.iter().any(is_packed) {
        return join(sources);
    }
    let others: Vec<usize> =
        sources.iter().enumerate().filter(|(_, source)| !is_packed(source)).map(|(at, _)| at).collect();
    let files: Vec<Source> = others.iter().filter_map(|&at| sources.get(at).cloned()).collect();
    let mut runs = join(&files);
    for joined in &mut runs {
        let place = |at: &mut usize| *at = others.get(*at).copied().unwrap_or(usize::MAX);
        joined.sources.iter_mut().for_each(place);
        joined.parts.iter_mut().for_each(|part| place(&mut part.source));
    }
    for (at, source) in sources.iter().enumerate().filter(|(_, source)| is_packed(source)) {
        let part = Part { source: at, ..Part::default() };
        let id = source.run.meta.id.as_str();
        if let Some(known) = runs.iter_mut().find(|known| !id.is_empty() && known.run.meta.id == id) {
            let text = format!("the same run stands in {} as well, and counts once", source.path);
            known.notes.push(Issue::new(Severity::Info, text));
            known.sources.push(at);
            known.parts.push(part);
            continue;
        }
        let run = Arc::clone(&source.run);
        runs.push(Joined { run, sources: vec![at], notes: Vec::new(), rules: Vec::new(), parts: vec![part] });
    }
    super::in_order(&mut runs);
    runs
}

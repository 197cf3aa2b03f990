//! The order and the shape of an edition's tree of sections.

use std::collections::HashMap;

use crate::domain::id::Id;
use crate::domain::section::Section;
use crate::domain::view::SectionView;

/// Parents before their children; siblings by position, then name, then path.
pub(super) fn depth_first(all: Vec<Section>) -> Vec<Section> {
    let mut children: HashMap<Option<Id>, Vec<Section>> = HashMap::new();
    for section in all {
        children
            .entry(section.content.parent)
            .or_default()
            .push(section);
    }
    for siblings in children.values_mut() {
        siblings.sort_by(|a, b| {
            let key = |s: &Section| {
                (
                    s.content.lang.clone(),
                    s.content.position,
                    s.content.name.clone(),
                    s.path.clone(),
                )
            };
            key(b).cmp(&key(a))
        });
    }
    let mut ordered = Vec::new();
    let mut stack = children.remove(&None).unwrap_or_default();
    while let Some(section) = stack.pop() {
        stack.extend(children.remove(&Some(section.id)).unwrap_or_default());
        ordered.push(section);
    }
    ordered
}

/// Nests sections that come depth first, so that walking backwards meets every child before its parent.
pub(super) fn nest(views: Vec<SectionView>) -> Vec<SectionView> {
    let mut waiting: HashMap<Id, Vec<SectionView>> = HashMap::new();
    let mut roots = Vec::new();
    for mut view in views.into_iter().rev() {
        let mut children = waiting.remove(&view.id).unwrap_or_default();
        children.reverse();
        view.children = Some(children);
        match view.parent_id {
            Some(parent) => waiting.entry(parent).or_default().push(view),
            None => roots.push(view),
        }
    }
    roots.reverse();
    roots
}

//! Files of the crate and those that they name: its modules, what they define, and the paths that they name.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, File, Item, ItemMod, ItemUse, Macro, UseTree, Visibility};

/// A module in a file of its own.
#[derive(Default)]
struct Module {
    /// The names that it defines.
    defines: BTreeSet<String>,
    /// Its imports: the name that it gives, and the path.
    imports: Vec<(String, Vec<String>)>,
    /// The paths of two segments and more that it names otherwise.
    paths: BTreeSet<Vec<String>>,
    /// The modules below it that have files of their own.
    children: Vec<String>,
}

/// The modules that each module names, with the names that it takes from them.
pub type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The modules of the crate by their paths, such as `crate::http::error`. Tests within them are left out.
struct Imports(BTreeMap<String, Module>);

/// Reads the crate whose root is `lib.rs` in the folder. A name that a module hands on counts as taken from the one that
/// defines it.
pub fn arrows(folder: &Path) -> Arrows {
    let mut all = Imports(BTreeMap::new());
    all.read_module("crate".to_owned(), &folder.join("lib.rs"), folder);
    let names = all.0.keys();
    names
        .map(|name| (name.clone(), all.arrows_of(name)))
        .collect()
}

impl Imports {
    fn read_module(&mut self, name: String, file: &Path, folder: &Path) {
        let text = fs::read_to_string(file).unwrap();
        let mut module = Module::default();
        module.visit_file(&syn::parse_file(&text).unwrap());
        for child in module.children.clone() {
            let below = folder.join(&child);
            let files = [folder.join(format!("{child}.rs")), below.join("mod.rs")];
            let file = files.iter().find(|file| file.exists()).unwrap();
            self.read_module(format!("{name}::{child}"), file, &below);
        }
        self.0.insert(name, module);
    }

    fn arrows_of(&self, name: &str) -> BTreeMap<String, BTreeSet<String>> {
        let module = &self.0[name];
        let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let imported = module.imports.iter().map(|(_, path)| path);
        for path in imported.chain(&module.paths) {
            let Some(whole) = self.absolute(name, path) else {
                continue;
            };
            // A module that is imported is named by what is then taken from it.
            if self.0.contains_key(&whole.join("::")) {
                continue;
            }
            if let Some(definer) = self.definer(&whole, 0).filter(|definer| definer != name) {
                let taken = path.last().cloned().unwrap_or_default();
                arrows.entry(definer).or_default().insert(taken);
            }
        }
        arrows
    }

    /// The path from the root of the crate; `None` where it leads out of the crate or is a local name.
    fn absolute(&self, from: &str, path: &[String]) -> Option<Vec<String>> {
        let mut here: Vec<String> = from.split("::").map(str::to_owned).collect();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => here.truncate(1),
            "self" => {}
            "super" => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    here.pop();
                    rest = &rest[1..];
                }
                here.extend(rest.iter().cloned());
                return Some(here);
            }
            first => {
                let imported = self.0[from].imports.iter();
                let mut imported =
                    imported.filter(|(name, path)| name == first && path[0] != *first);
                if let Some((_, start)) = imported.next_back() {
                    let mut whole = self.absolute(from, start)?;
                    whole.extend(path[1..].iter().cloned());
                    return Some(whole);
                }
                here.push(first.to_owned());
                if !self.0.contains_key(&here.join("::")) {
                    return None;
                }
            }
        }
        here.extend(rest[1..].iter().cloned());
        Some(here)
    }

    /// The module that defines what a path leads to.
    fn definer(&self, path: &[String], depth: usize) -> Option<String> {
        let known = (1..=path.len()).rev();
        let end = known
            .into_iter()
            .find(|end| self.0.contains_key(&path[..*end].join("::")))?;
        let name = path[..end].join("::");
        let module = &self.0[&name];
        let Some(item) = path.get(end).filter(|item| !module.defines.contains(*item)) else {
            return Some(name);
        };
        let handed_on = module.imports.iter().find(|(given, _)| given == item);
        let found = handed_on.filter(|_| depth < 8).and_then(|(_, path)| {
            let whole = self.absolute(&name, path)?;
            self.definer(&whole, depth + 1)
        });
        found.or(Some(name))
    }
}

/// The groups of modules that name each other in a circle, each with the arrows within it.
pub fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let reach = |from: &str| {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(name) = waiting.pop() {
            for next in arrows
                .get(name.as_str())
                .into_iter()
                .flat_map(BTreeMap::keys)
            {
                if seen.insert(next.clone()) {
                    waiting.push(next.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<String>> = arrows
        .keys()
        .map(|name| (name.as_str(), reach(name)))
        .collect();
    let mut groups = BTreeSet::new();
    for (name, all) in &reached {
        let back = |other: &&String| reached[other.as_str()].contains(*name);
        let group: BTreeSet<&String> = all.iter().filter(back).collect();
        if group.len() > 1 {
            groups.insert(group);
        }
    }
    let told = |group: BTreeSet<&String>| {
        let within = |from: &&String| {
            let arrows = arrows[from.as_str()]
                .iter()
                .filter(|(to, _)| group.contains(to));
            let told = arrows.map(|(to, names)| format!("{from} -> {to}: {names:?}"));
            told.collect::<Vec<_>>()
        };
        group.iter().flat_map(within).collect()
    };
    groups.into_iter().map(told).collect()
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        attribute.path().is_ident("cfg")
            && list.is_ok_and(|list| list.tokens.to_string().contains("test"))
    })
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        _ => return None,
    };
    Some(name.to_string())
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

impl Module {
    /// Adds what a tree of `use` imports.
    fn import(&mut self, before: &[String], tree: &UseTree) {
        let with = |segment: String| [before, &[segment]].concat();
        match tree {
            UseTree::Path(path) => self.import(&with(path.ident.to_string()), &path.tree),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(before, tree);
                }
            }
            UseTree::Name(name) if name.ident == "self" => {
                let given = before.last().cloned().unwrap_or_default();
                self.imports.push((given, before.to_vec()));
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                self.imports.push((name.clone(), with(name)));
            }
            UseTree::Rename(rename) => {
                let path = with(rename.ident.to_string());
                self.imports.push((rename.rename.to_string(), path));
            }
            UseTree::Glob(_) => {}
        }
    }

    /// Adds the paths that the tokens of a macro's call name.
    fn read_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut colons): (Vec<String>, usize) = (Vec::new(), 0);
        for token in tokens {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Ident(word) if colons == 2 && !path.is_empty() => {
                    path.push(word.to_string());
                    colons = 0;
                }
                other => {
                    self.add_path(std::mem::take(&mut path));
                    colons = 0;
                    match other {
                        TokenTree::Ident(word) => path.push(word.to_string()),
                        TokenTree::Group(group) => self.read_tokens(group.stream()),
                        _ => {}
                    }
                }
            }
        }
        self.add_path(path);
    }

    fn add_path(&mut self, path: Vec<String>) {
        if path.len() > 1 {
            self.paths.insert(path);
        }
    }
}

impl<'a> Visit<'a> for Module {
    fn visit_file(&mut self, file: &'a File) {
        self.defines.extend(file.items.iter().filter_map(name_of));
        visit::visit_file(self, file);
    }

    fn visit_item(&mut self, item: &'a Item) {
        if !is_test(attributes_of(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'a ItemMod) {
        if module.content.is_none() {
            self.children.push(module.ident.to_string());
        }
        visit::visit_item_mod(self, module);
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.import(&[], &item.tree);
    }

    /// `pub(in path)` names no more than where an item may be seen.
    fn visit_visibility(&mut self, _: &'a Visibility) {}

    fn visit_path(&mut self, path: &'a syn::Path) {
        let segments = path.segments.iter();
        self.add_path(segments.map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        self.read_tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

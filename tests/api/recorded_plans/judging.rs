//! Plans that scan a large table, told by their lines.

/// Tables with more than a thousand rows.
const LARGE: [&str; 11] = [
    "articles",
    "article_facets",
    "facet_sets",
    "changes",
    "past_facets",
    "deliveries",
    "webhook_deliveries",
    "webhook_attempts",
    "audit",
    "usage",
    "revisions",
];

/// Statements that walk a table in the order of its key until a page is full: their rows are in every part of it.
const WALKED: [(&str, &str); 2] = [
    ("audit", "ORDER BY audit.id DESC LIMIT 1"),
    ("audit", "audit.kind = "),
];

pub(super) fn is_walked(name: &str, words: &str) -> bool {
    let words = words.replace(['`', '"'], "");
    let listed = |(of, part): &(&str, &str)| name.starts_with(of) && words.contains(part);
    words.contains("(1=0)") || WALKED.iter().any(listed)
}

fn is_large(table: &str) -> bool {
    LARGE.contains(&table)
}

/// Aliases of the statements that are written as text count as large tables: they have one letter.
pub(super) fn sqlite_fault(plan: &[String]) -> Option<String> {
    let scanned = |line: &&String| {
        let table = line
            .strip_prefix("SCAN ")
            .and_then(|rest| rest.split(' ').next());
        table.is_some_and(|table| is_large(table) || ["a", "f", "i", "t", "s"].contains(&table))
    };
    plan.iter().find(scanned).cloned()
}

pub(super) fn postgres_fault(plan: &[String]) -> Option<String> {
    let of_large = |line: &str, before: &str| {
        let named = line.split(before).nth(1);
        named.is_some_and(|rest| is_large(rest.split(' ').next().unwrap_or_default()))
    };
    for (n, line) in plan.iter().enumerate() {
        if of_large(line, "Seq Scan on ") {
            return Some(line.clone());
        }
        let by_index = line.contains("Index Scan") || line.contains("Index Only Scan");
        let bound = plan
            .get(n + 1)
            .is_some_and(|next| next.contains("Index Cond"));
        if by_index && of_large(line, " on ") && !bound {
            return Some(line.clone());
        }
    }
    None
}

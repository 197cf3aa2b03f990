use super::*;

fn texts(page: &str) -> Vec<String> {
    unwrap(page).into_iter().map(|line| line.text).collect()
}

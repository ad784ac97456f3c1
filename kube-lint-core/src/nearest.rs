//! How far two words are apart, and which known word somebody may have meant.

/// The number of insertions, deletions, changes and swaps of neighbours that turn `left` into
/// `right`, in characters; `None` where it takes more than `limit`.
pub fn distance(left: &str, right: &str, limit: usize) -> Option<usize> {
    if left.is_ascii() && right.is_ascii() {
        return distance_of(left.as_bytes(), right.as_bytes(), limit);
    }
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    distance_of(&left, &right, limit)
}

/// The candidate nearest to `word`, the first of several; `None` where all are too far to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = if word.chars().count() < 4 { 1 } else { 2 };
    candidates
        .into_iter()
        .filter_map(|it| Some((distance(word, it, limit)?, it)))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, it)| it)
}

/// Optimal string alignment, row by row; left early once every cell of a row is beyond `limit`.
fn distance_of<T: Eq>(left: &[T], right: &[T], limit: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for row in 1..=left.len() {
        let mut current = Vec::with_capacity(above.len());
        current.push(row);
        for column in 1..=right.len() {
            let same = left[row - 1] == right[column - 1];
            let change = above[column - 1] + usize::from(!same);
            let mut best = change.min(above[column] + 1).min(current[column - 1] + 1);
            let swapped = row > 1
                && column > 1
                && left[row - 1] == right[column - 2]
                && left[row - 2] == right[column - 1];
            if swapped {
                best = best.min(before[column - 2] + 1);
            }
            current.push(best);
        }
        if current.iter().all(|&it| it > limit) && above.iter().all(|&it| it > limit) {
            return None;
        }
        before = std::mem::replace(&mut above, current);
    }
    above.last().copied().filter(|&it| it <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_up_to_the_limit() {
        assert_eq!(distance("exclude", "exclude", 0), Some(0));
        assert_eq!(distance("exlude", "exclude", 2), Some(1));
        assert_eq!(distance("excldue", "exclude", 2), Some(1));
        assert_eq!(distance("excluding", "exclude", 2), None);
        assert_eq!(distance("", "ab", 2), Some(2));
        assert_eq!(distance("", "", 2), Some(0));
        assert_eq!(distance("abcdef", "badcfe", 2), None);
        assert_eq!(distance("abcdef", "badcfe", 3), Some(3));
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(distance("süß", "sus", 2), Some(2));
        assert_eq!(distance("süß", "suß", 1), Some(1));
    }

    #[test]
    fn distance_has_no_direction() {
        let words = ["", "a", "ab", "ba", "abc", "bca", "acb", "xyz", "exclude"];
        for left in words {
            for right in words {
                assert_eq!(distance(left, right, 3), distance(right, left, 3));
            }
        }
    }

    #[test]
    fn the_nearest_of_equals_is_the_first() {
        assert_eq!(nearest("wrld", ["world", "wild"]), Some("world"));
        assert_eq!(
            nearest("namespaces", ["name", "namespace"]),
            Some("namespace")
        );
        assert_eq!(nearest("off", ["known", "world"]), None);
        assert_eq!(nearest("abc", ["xyc"]), None);
    }
}

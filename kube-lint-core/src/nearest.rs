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

/// How many edits away from `word` a name may be that was meant.
pub fn limit(word: &str) -> usize {
    if word.chars().count() < 8 { 1 } else { 2 }
}

/// Those of `sorted` whose name at most `limit` edits turn into `word`, each with their number, in
/// order; they must be sorted by name.
///
/// Names with one beginning stand together: its rows are made once, and all of them are left out once
/// it is too far off.
pub fn near<'s, T>(
    word: &str,
    limit: usize,
    sorted: &'s [T],
    name: impl Fn(&T) -> &str,
) -> Vec<(usize, &'s T)> {
    let word: Vec<char> = word.chars().collect();
    let mut alignment = Alignment::new(&word);
    let mut found = Vec::new();
    let mut rest = sorted;
    while let Some((first, others)) = rest.split_first() {
        rest = others;
        if let Err(length) = alignment.advance_to(name(first), limit) {
            let beginning = name(first).as_bytes().get(..length).unwrap_or_default();
            let skipped = rest.partition_point(|it| name(it).as_bytes().starts_with(beginning));
            rest = rest.get(skipped..).unwrap_or_default();
        } else if let Some(distance) = alignment.distance(limit) {
            found.push((distance, first));
        }
    }
    found
}

fn distance_of<T: Copy + Eq>(left: &[T], right: &[T], limit: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let mut alignment = Alignment::new(right);
    for &it in left {
        alignment.push(it);
        if alignment.is_beyond(limit) {
            return None;
        }
    }
    alignment.distance(limit)
}

/// Optimal string alignment of a word with another that grows at its end, row by row.
struct Alignment<'w, T> {
    word: &'w [T],
    other: Vec<T>,
    /// The rows behind each other, one more than `other` is long.
    cells: Vec<usize>,
}

impl<'w, T: Copy + Eq> Alignment<'w, T> {
    fn new(word: &'w [T]) -> Self {
        Self {
            word,
            other: Vec::new(),
            cells: (0..=word.len()).collect(),
        }
    }

    /// The `back`-th row from the end, the last being the first.
    fn row(&self, back: usize) -> &[usize] {
        let width = self.word.len() + 1;
        let end = self.cells.len() - (back - 1) * width;
        &self.cells[end - width..end]
    }

    fn push(&mut self, next: T) {
        let before = self.other.last().copied();
        let mut left = self.other.len() + 1;
        self.other.push(next);
        let width = self.word.len() + 1;
        let above = self.cells.len() - width;
        self.cells.push(left);
        for column in 1..width {
            let same = self.word[column - 1] == next;
            let change = self.cells[above + column - 1] + usize::from(!same);
            left = change.min(self.cells[above + column] + 1).min(left + 1);
            let is_swapped = column > 1
                && before == Some(self.word[column - 1])
                && self.word[column - 2] == next;
            if is_swapped {
                left = left.min(self.cells[above - width + column - 2] + 1);
            }
            self.cells.push(left);
        }
    }

    /// Whether no end of the other word brings it within `limit`; a swap goes on from the last row but
    /// one, at the cost of an edit.
    fn is_beyond(&self, limit: usize) -> bool {
        !self.other.is_empty()
            && self.row(1).iter().all(|&it| it > limit)
            && self.row(2).iter().all(|&it| it >= limit)
    }

    fn distance(&self, limit: usize) -> Option<usize> {
        self.cells.last().copied().filter(|&it| it <= limit)
    }
}

impl Alignment<'_, char> {
    /// Makes `to` the other word, keeping the rows of a common beginning; an error is the length of
    /// the beginning, in bytes, that is already too far off.
    fn advance_to(&mut self, to: &str, limit: usize) -> Result<(), usize> {
        let common = self.other.iter().zip(to.chars());
        let common = common.take_while(|(one, other)| **one == *other).count();
        self.other.truncate(common);
        self.cells.truncate((common + 1) * (self.word.len() + 1));
        for (start, it) in to.char_indices().skip(common) {
            if self.is_beyond(limit) {
                return Err(start);
            }
            self.push(it);
        }
        if self.is_beyond(limit) {
            return Err(to.len());
        }
        Ok(())
    }
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
    fn words_near_another_are_those_that_a_look_at_each_finds() {
        let mut words = vec!["süß".to_owned(), "sü".to_owned(), String::new()];
        for one in ["app", "ap", "api", "db", "bd", "account-"] {
            for other in ["", "1", "12", "21", "-a", "xy", "yx", "süß"] {
                words.push(format!("{one}{other}"));
            }
        }
        words.sort_unstable();
        for word in &words {
            for limit in 0..4 {
                let expected: Vec<_> = words
                    .iter()
                    .filter_map(|it| Some((distance(it, word, limit)?, it)))
                    .collect();
                assert_eq!(
                    near(word, limit, &words, String::as_str),
                    expected,
                    "{word} {limit}"
                );
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

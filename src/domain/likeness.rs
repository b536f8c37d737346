//! Names that look like another: what a hurried reader takes for the same, whatever the case, the spaces, the marks or the script of single
//! letters. For refusing an imitation only; whether two signatories are one is asked by `name`. Must not be shown to anybody.

use super::name::name_key;

/// A protected name of at most so many characters is only compared as a whole: a short one stands by chance in many.
const SHORT: usize = 10;

/// Whether `typed` passes itself off as the bearer of `protected`: it is that name, or holds the whole of it, to the eye.
pub fn imitates(typed: &str, protected: &str) -> bool {
    let (typed, whole) = (likeness(typed), likeness(protected));
    let bare = likeness(&without_brackets(protected));
    [whole, bare].iter().any(|name| !name.is_empty() && (typed == *name || (name.chars().count() > SHORT && typed.contains(name.as_str()))))
}

/// Whether two names are one to the eye.
pub fn same(one: &str, other: &str) -> bool {
    let one = likeness(one);
    !one.is_empty() && one == likeness(other)
}

/// The name without what stands in brackets.
fn without_brackets(name: &str) -> String {
    let mut depth = 0_usize;
    let outside = |character: &char| {
        match character {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    };
    name.chars().filter(outside).collect()
}

/// What remains of a name for the eye: letters and digits, those that look alike written as one.
fn likeness(name: &str) -> String {
    let plain: String = name_key(&name.chars().map(latin_shape).collect::<String>()).chars().filter(|c| c.is_alphanumeric()).collect();
    let shapes: String = plain.chars().flat_map(char::to_lowercase).map(latin_shape).map(digit_shape).collect();
    shapes.replace("rn", "m").replace("vv", "w")
}

/// A letter of the Cyrillic or the Greek script that has the shape of a Latin one, as that one.
const fn latin_shape(character: char) -> char {
    match character {
        'а' | 'А' | 'α' | 'Α' => 'a',
        'В' | 'в' | 'Β' | 'Ь' | 'ь' => 'b',
        'с' | 'С' | 'ϲ' | 'Ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'Е' | 'Ε' | 'є' | 'ε' => 'e',
        'ɡ' => 'g',
        'һ' | 'Н' | 'Η' | 'н' => 'h',
        'і' | 'І' | 'ι' | 'Ι' | 'ӏ' | 'Ӏ' => 'i',
        'ј' | 'Ј' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'м' | 'М' | 'Μ' => 'm',
        'Ν' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'σ' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'υ' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'γ' | 'Υ' => 'y',
        'Ζ' => 'z',
        other => other,
    }
}

/// Signs that are taken for one another in most typefaces.
const fn digit_shape(character: char) -> char {
    match character {
        '0' => 'o',
        '1' | 'i' => 'l',
        '3' => 'e',
        '5' => 's',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "Coalition for a Treaty (fictitious)";

    #[test]
    fn a_name_that_looks_like_ours_is_told() {
        for typed in [
            OURS,
            "coalition  FOR a treaty",
            "The Coalition for a Treaty, Ltd.",
            "C\u{43e}\u{430}liti\u{43e}n f\u{43e}r a Tr\u{435}\u{430}t\u{443}",
            "Coa1ition f0r a Treaty",
            "Coalítion-for-a-Treaty",
            "Ｃｏａｌｉｔｉｏｎ for a Treaty",
            "Coalition for a Treaty – New York office",
            "CΟALIΤION FOR A TREATY",
        ] {
            assert!(imitates(typed, OURS), "{typed}");
        }
    }

    #[test]
    fn another_organisation_is_not() {
        for typed in ["Lake Basin Justice Forum", "Coalition for Justice", "Treaty Watch", "Коалиция за права", "ائتلاف العدالة"]
        {
            assert!(!imitates(typed, OURS), "{typed}");
        }
        assert!(!imitates("Forum of Ours", "Ours"), "a short name stands by chance in many");
    }
}

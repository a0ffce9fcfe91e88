"""What a glob means, as a table."""

import unicodedata

import pytest

from app.store.globs import matches_glob, matches_name

_YES, _NO = True, False


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*", "a.md", _YES),
        ("*", "a/b.md", _NO),
        ("*", ".hidden", _YES),
        ("*.md", "a.md", _YES),
        ("*.md", "a.txt", _NO),
        ("*.md", "a.md.txt", _NO),
        ("*.md", "d/a.md", _NO),
        ("*.MD", "a.md", _NO),
        ("a?.md", "ab.md", _YES),
        ("a?.md", "a.md", _NO),
        ("a?b", "a/b", _NO),
        ("[ab].md", "a.md", _YES),
        ("[ab].md", "c.md", _NO),
        ("[!ab].md", "c.md", _YES),
        ("[!ab].md", "a.md", _NO),
        ("[0-9]*.md", "7-notes.md", _YES),
        ("[[]x].md", "[x].md", _YES),
        ("[x", "[x", _YES),
        ("a.md", "a.md", _YES),
        ("a.md", "aXmd", _NO),
        ("d/*.md", "d/a.md", _YES),
        ("d/*.md", "d/e/a.md", _NO),
        ("*/a.md", "d/a.md", _YES),
        ("*/a.md", "a.md", _NO),
        ("**", "a", _YES),
        ("**", "a/b/c", _YES),
        ("**/*", "a", _YES),
        ("**/*", "a/b/c", _YES),
        ("**/*.md", "a.md", _YES),
        ("**/*.md", "a/b/c.md", _YES),
        ("**/*.md", "a/b/c.txt", _NO),
        ("a/**", "a/b", _YES),
        ("a/**", "a/b/c", _YES),
        ("a/**", "a", _NO),
        ("a/**", "ab/c", _NO),
        ("a/**/z", "a/z", _YES),
        ("a/**/z", "a/b/c/z", _YES),
        ("a/**/z", "a/b/c", _NO),
        ("**/b/**/*.md", "a/b/c/d.md", _YES),
        ("**/b/**/*.md", "a/c/d.md", _NO),
        ("**/**/x", "x", _YES),
        ("a**b", "a-b", _YES),
        ("a**b", "a/b", _NO),
        ("./a.md", "a.md", _YES),
        ("/a.md", "a.md", _NO),
        ("../a.md", "a.md", _NO),
        ("a/", "a", _NO),
        ("", "a", _NO),
        ("백업*", "백업 절차.md", _YES),
        ("백업*", unicodedata.normalize("NFD", "백업 절차.md"), _YES),
        (unicodedata.normalize("NFD", "?업.md"), "백업.md", _YES),
        ("é.md", "é.md", _YES),
        ("?.md", "🙂.md", _YES),
        ("a\nb", "a\nb", _YES),
    ],
)
def test_a_glob_means_whole_paths(pattern: str, path: str, expected: bool) -> None:
    assert matches_glob(path, pattern) is expected


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*", "a/b/c.md", _YES),
        ("*.md", "a/b/c.md", _YES),
        ("c.md", "a/b/c.md", _YES),
        ("b", "a/b/c.md", _NO),
        ("a/*.md", "a/b.md", _YES),
        ("a/*.md", "x/a/b.md", _NO),
        ("**/a/*.md", "x/a/b.md", _YES),
    ],
)
def test_without_a_slash_a_glob_means_names_at_every_depth(
    pattern: str, path: str, expected: bool
) -> None:
    assert matches_name(path, pattern) is expected


def test_no_pattern_takes_long() -> None:
    assert not matches_glob("/".join(["a" * 200] * 250), "**/" * 60 + "*a" * 60 + "b")

"""The project uses the field's words (docs/glossary.md): those that were retired stay out."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TELLING_HISTORY = ("docs/decisions/", "CHANGELOG.md", "tests/test_words.py")  # they may name what was retired
# A pattern, and what to write instead.
RETIRED = {
    r"\banswer(s|ed|ing)?\b": "return, reply, value",
    r"\b(mend|mends|mended|mending)\b": "fix",
    r"\b_?pull(s|ed|ing|_into)?\b": "pullback, vjp",
    r"\bstretch(es|ed|ing)?\b": "broadcast",
    r"\bdear(er|est)?\b": "costly",
    r"(?-i:\bFEW\b)": "a name of what the number means",
    r"\.trouble\(": "add_problem",
    r"\bis_plain\b": "is_non_differentiable",
    r"\bmode\.special\b": "open_scopes",
    r"(?-i:\bdef (plain|alone)\b|^ *(self\.)?plain(: \w+)? = )": "a name that says what is meant",
    r"\bhas_rule\b": "has_backward",
}
RETIRED_IN_CORELIB = {
    r"\btold\b": "a name of what is returned or reported",
    r"\b(somebody|whoever)\b": "who it is: a user, a plugin, an author",
}


def tracked() -> list[str]:
    """The Python files, pages and templates of the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py", "*.md", "*.tmpl"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in names if not name.startswith(TELLING_HISTORY) and (ROOT / name).exists()]


def uses(pattern: str, names: list[str]) -> list[str]:
    """The lines that use a word, outside of links."""
    return [
        f"{name}:{number}: {line.strip()}"
        for name in names
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, re.sub(r"https?://\S+|pull request", "", line), re.IGNORECASE)
    ]


@pytest.mark.parametrize("pattern", RETIRED)
def test_a_retired_word_stays_out(pattern: str) -> None:
    found = uses(pattern, tracked())
    assert not found, f"write instead: {RETIRED[pattern]}\n" + "\n".join(found)


@pytest.mark.parametrize("pattern", RETIRED_IN_CORELIB)
def test_a_word_that_means_anything_stays_out_of_corelib(pattern: str) -> None:
    found = uses(pattern, [name for name in tracked() if name.startswith("corelib/")])
    assert not found, f"write instead: {RETIRED_IN_CORELIB[pattern]}\n" + "\n".join(found)


def test_the_glossary_is_short() -> None:
    rows = [row for row in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines() if row[:1] == "|"]
    assert 20 <= len(rows) - 2 <= 40

"""Words that this project gave up stay out of its code and of the pages for authors."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = ("conformance.md", "glossary.md", "reading-the-core.md", "writing-a-plugin.md", "writing-an-optimizer.md")
# A pattern, and what to write instead.
RETIRED = {
    r"\banswer(s|ed|ing)?\b": "a function returns",
    r"\b(mend|mends|mended)\b": "fix",
    r"\.trouble\(": "add_problem",
    r"\bdear(er|est)?\b": "expensive, costly",
    r"\bFEW\b": "a name of what the number means",
    r"\btold\b": "a name of what is returned or reported",
    r"\b(somebody|whoever)\b": "who it is: a user, a plugin, an author",
    r"\b_?pull(s|ed|_into)?\b": "pullback",
    r"\bstretch(es|ed|ing)?\b": "broadcast",
    r"\bhas_rule\b": "has_backward",
}


@pytest.mark.parametrize("pattern", RETIRED)
def test_a_retired_word_stays_out(pattern: str) -> None:
    files = [*ROOT.glob("corelib/**/*.py"), *(ROOT / "docs" / page for page in PAGES)]
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line, re.IGNORECASE if pattern != r"\bFEW\b" else 0)
    ]
    assert not found, f"write instead: {RETIRED[pattern]}\n" + "\n".join(found)

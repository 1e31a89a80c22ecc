"""Every example of the README prints what it says."""

import contextlib
import io
import re
from pathlib import Path

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_examples_print_what_they_say() -> None:
    names: dict[str, object] = {}
    for body in re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(body, names)
        promises = re.findall(r"print\(.*\)  # (.*)$", body, re.MULTILINE)
        assert promises
        for line, promise in zip(out.getvalue().splitlines(), promises, strict=True):
            assert line.startswith(promise.removesuffix("..."))

"""``python -m tools.refresh``: write every generated list; with ``--check``, say which are out of date.

The lists are corelib/plugins/first_party.py (what to install for a name), typings/ (what a type checker sees of the
installed plugins), and tests/conformance_manifest.json (how many cases the suite runs of each op).
"""

"""The set-up runs on a bare Python: it may import nothing that it has yet to install."""

import ast
import sys

from config.bootstrap import ROOT


def test_the_bootstrap_imports_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "config" / "bootstrap.py").read_text(encoding="utf-8"))
    at_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in at_top if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in at_top if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_importing_config_imports_nothing_else() -> None:
    assert not ast.parse((ROOT / "config" / "__init__.py").read_text(encoding="utf-8")).body

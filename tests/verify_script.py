"""The offline verifier as a module, to be called in process."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).resolve().parents[1] / "static" / "verify" / "verify_draw.py"


def load() -> ModuleType:
    """``static/verify/verify_draw.py``, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("verify_draw", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify_draw"] = module
    spec.loader.exec_module(module)
    return module

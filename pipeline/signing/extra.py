"""The optional packages behind digital signatures: pyHanko, and what it needs."""

import importlib
import logging
import sys

from pipeline.errors import MissingTool

_MODULE = "pyhanko"


def require() -> None:
    """Make sure that signatures can be made and read; what pyHanko logs goes nowhere.

    Raises:
        MissingTool: the extra is not installed.
    """
    try:
        importlib.import_module(_MODULE)
    except ImportError as error:
        raise MissingTool(
            "缺少 Python 软件包 pyhanko（用于数字签名）。",
            f"请运行 `make setup`，或运行 `{sys.executable} -m pip install pyhanko`。",
        ) from error
    for name in (_MODULE, "pyhanko_certvalidator"):
        log = logging.getLogger(name)
        log.propagate = False
        if not log.handlers:
            log.addHandler(logging.NullHandler())

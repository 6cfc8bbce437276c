"""The code of a notebook as one file of Python, without the commands that only IPython knows.

>>> import json
>>> cells = [{"cell_type": "markdown", "source": "# Home"}, {"cell_type": "code", "source": "%time\\nx = 2\\n!ls"}]
>>> print(python_of(json.dumps({"cells": cells})))
pass  # %time
x = 2
pass  # !ls
<BLANKLINE>
"""

import json
import re

SUFFIX = ".ipynb"
RUNS_PYTHON = ("%%time", "%%timeit", "%%capture", "%%prun")  # the other commands over a whole cell run something else


def python_of(notebook: str) -> str:
    """The code cells, in order; a `ValueError` if this is no notebook."""
    read = json.loads(notebook)
    cells = read.get("cells", []) if isinstance(read, dict) else []
    texts = ["".join(cell["source"]) for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    return "".join(f"{_plain(text)}\n" for text in texts if not text.startswith("%%") or text.startswith(RUNS_PYTHON))


def _plain(text: str) -> str:
    """A cell in which what IPython alone reads does nothing."""
    return re.sub(r"^(\s*)([%!?].*|\S*\?+)$", r"\1pass  # \2", text, flags=re.MULTILINE)

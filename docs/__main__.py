"""Build the site: `python3 docs`, from any directory, in an environment that bootstrap.py finds or makes.

    python3 docs                    writes docs/out/: the course, the guides, the reference, and the playground
    python3 docs --out FOLDER       somewhere else
    python3 docs --notebooks FOLDER the ten lessons as notebooks, and nothing else
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import bootstrap

EXTRAS = ["docs", "testing", "render"]

if __name__ == "__main__":
    sys.exit(bootstrap.run(["-m", "docs.builder", *sys.argv[1:]], EXTRAS))

"""The optional part in C, and the page that an index shows; everything else about the package stands in setup.cfg."""

import os
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent
# The bits of Python's arithmetic: no fused a * b + c, no "fast" mathematics, no constant folded by a better logarithm.
GCC = ["-O2", "-ffp-contract=off", "-fno-fast-math", "-fno-math-errno", "-Wno-parentheses"]
EXACT = ["/O2", "/fp:precise", "/std:c11"] if sys.platform == "win32" else GCC
REQUIRED = os.environ.get("AUTODIFF_REQUIRE_NATIVE", "") not in ("", "0")  # for wheels: no C is then an error


class BuildIfPossible(build_ext):
    """Build the engine in C, its operations from the table, and say which engine the installation has."""

    def build_extension(self, extension):
        try:
            write_operations()
            extension.sources, extension.depends = files("*.c"), files("*.h")
            super().build_extension(extension)
            print(f"autodiff: built {extension.name}: the engine is native", file=sys.stderr)
        except Exception as error:  # whatever a missing or broken compiler raises, or a folder that cannot be written
            if REQUIRED:
                raise
            print(f"autodiff: could not build {extension.name} ({error}): the engine is Python, and slower. With a C "
                  "compiler on the path, install again for the native one.", file=sys.stderr)  # fmt: skip


def home():
    """Return the address of the project: `url` in setup.cfg, the one place where a fork writes its own."""
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config["metadata"]["url"].rstrip("/")


def page():
    """Return README.md as an index can show it: its links to files of the repository are whole addresses."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text = re.sub(r"(!\[[^\]]*\]\()(?!\w+:|#)", rf"\g<1>{home()}/raw/main/", text)
    return re.sub(r"((?<!!)\[[^\]!]*\]\()(?!\w+:|#)", rf"\g<1>{home()}/blob/main/", text)


def files(pattern):
    """Return the files of the engine in C, relative to this one, as setuptools wants them."""
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "autodiff" / "native").glob(pattern))


def write_operations():
    """Write ops.h and ops.c by a Python apart, which has to run the engine in Python: that in C is yet to be built."""
    alone = {**os.environ, "AUTODIFF_ENGINE": "python", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "autodiff.native.generate"], env=alone, stdout=subprocess.DEVNULL, check=True)


# The sources are listed once they are all written.
NATIVE = Extension("autodiff._native", sources=[], extra_compile_args=EXACT, optional=not REQUIRED)

setup(
    ext_modules=[NATIVE],
    cmdclass={"build_ext": BuildIfPossible},
    long_description=page(),
    long_description_content_type="text/markdown",
    project_urls={"Source": home(), "Changelog": f"{home()}/blob/main/CHANGELOG.md", "Issues": f"{home()}/issues"},
)

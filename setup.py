"""The optional part in C; everything else about the package stands in setup.cfg."""

import sys

from setuptools import Extension, setup

# The bits of Python's arithmetic: no fused a * b + c, no "fast" mathematics, no constant folded by a better logarithm.
EXACT = ["/O2", "/fp:precise"] if sys.platform == "win32" else ["-O2", "-ffp-contract=off", "-fno-fast-math"]
FOLDER = "autodiff/native/"

NATIVE = Extension(
    "autodiff._native",
    sources=[FOLDER + name for name in ("module.c", "kernels.c", "ops.c")],
    depends=[FOLDER + name for name in ("kernels.h", "lists.h", "ops.h")],
    extra_compile_args=EXACT,
    optional=True,
)

setup(ext_modules=[NATIVE])

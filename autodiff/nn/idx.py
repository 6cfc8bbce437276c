"""MNIST's own file format: `read_images` and `read_labels` for the user's copy of the files, gzipped or not.

A file begins with a magic number (2051 for images, 2049 for labels) and its sizes, each four bytes, the first byte the
most significant; then comes one byte per pixel or label, and nothing else.

>>> import struct, tempfile
>>> with tempfile.NamedTemporaryFile() as file:
...     file.write(struct.pack(">4i", 2051, 1, 2, 2) + bytes([0, 255, 7, 0])) and file.flush()
...     read_images(file.name).tolist()
[[[0.0, 255.0], [7.0, 0.0]]]
"""

import gzip
import math
import os
import struct
from pathlib import Path

import numpy as np

from ..errors import ArgumentError
from .layers.tables import Array, Labels

IMAGES, LABELS = 2051, 2049
GZIP = b"\x1f\x8b"
MOST = 2**31  # bytes of a file once unpacked: far beyond MNIST, far below what a forged header could ask for

PathLike = str | os.PathLike[str]


def read_images(path: PathLike) -> Array:
    """The images of a file such as train-images-idx3-ubyte.gz: an array of rows, height, width, from 0 to 255."""
    return _read(path, IMAGES, axes=3).astype(np.float64)


def read_labels(path: PathLike) -> Labels:
    """The labels of a file such as train-labels-idx1-ubyte.gz."""
    return _read(path, LABELS, axes=1).astype(np.int64)


def _read(path: PathLike, magic: int, axes: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    raw = unpack(Path(path))
    head = 4 * (1 + axes)
    found = int.from_bytes(raw[:4], "big")
    if found != magic:
        raise ArgumentError(f"{path}: expected the magic number {magic} ({_MEANING[magic]}), got {_meaning(found)}")
    if len(raw) < head:
        raise ArgumentError(f"{path}: expected an IDX file with {head} bytes of head, got {len(raw)} bytes")
    sizes = struct.unpack(f">{axes}I", raw[4:head])
    if len(raw) - head != math.prod(sizes):
        shape = " x ".join(map(str, sizes))
        got = len(raw) - head
        raise ArgumentError(f"{path}: expected {shape} bytes after the head, got {got}: the file is damaged")
    return np.frombuffer(raw, np.uint8, offset=head).reshape(sizes)


def unpack(path: Path) -> bytes:
    """The bytes of a file, unzipped if it is gzipped, whatever its name."""
    try:
        raw = path.read_bytes()
        if not raw.startswith(GZIP):
            return raw
        with gzip.open(path) as file:
            raw = file.read(MOST)
    except (OSError, EOFError) as error:
        raise ArgumentError(f"{path}: expected an IDX file, gzipped or not; reading it failed: {error}") from error
    if len(raw) == MOST:
        raise ArgumentError(f"{path}: expected an IDX file, got one that unpacks to more than {MOST:,} bytes")
    return raw


_MEANING = {IMAGES: "images", LABELS: "labels"}


def _meaning(magic: int) -> str:
    return f"{magic} ({_MEANING[magic]})" if magic in _MEANING else str(magic)

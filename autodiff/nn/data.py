"""Data to learn from: small sets made from a seed, digits, MNIST's files, and what is done to data before training.

Every set is a pair of arrays, the rows and their labels.

>>> X, y = xor()
>>> X.tolist(), y.tolist()
([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
>>> X, y = moons(6, seed=1)      # in an order that the seed decides
>>> X.shape, sorted(y.tolist())
((6, 2), [0, 0, 0, 1, 1, 1])
"""

import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArgumentError, MissingExtraError, OperandError, shown
from ..coerce import Number, number
from . import checks
from .layers.tables import Array, Labels, array

Set = tuple[Array, Labels]


# Sets of points in the plane

def xor() -> Set:
    """The four rows of exclusive or."""
    return np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([0, 1, 1, 0])


def moons(count: int = 100, noise: float = 0.1, seed: int = 0) -> Set:
    """Two half circles that reach into each other, labelled 0 and 1, shaken by normal noise of that size."""
    first, second = _halves(count)
    upper, lower = np.linspace(0, np.pi, first), np.linspace(0, np.pi, second)
    points = np.concatenate([_on_circle(upper), [1, 0.5] - _on_circle(lower)])
    return _shuffle(_shake(points, noise, seed), _classes(first, second), seed)


def circles(count: int = 100, noise: float = 0.05, factor: float = 0.5, seed: int = 0) -> Set:
    """A circle of radius 1, labelled 0, around one of radius `factor`, labelled 1."""
    first, second = _halves(count)
    outer, inner = (np.linspace(0, 2 * np.pi, size, endpoint=False) for size in (first, second))
    points = np.concatenate([_on_circle(outer), factor * _on_circle(inner)])
    return _shuffle(_shake(points, noise, seed), _classes(first, second), seed)


def spirals(count: int = 100, noise: float = 0.03, turns: float = 1.5, seed: int = 0) -> Set:
    """Two spirals wound into each other, labelled 0 and 1."""
    first, second = _halves(count)
    arms = []
    for size, start in ((first, 0.0), (second, np.pi)):
        radius = np.linspace(0.1, 1, size)
        arms.append(radius[:, None] * _on_circle(start + 2 * np.pi * turns * radius))
    return _shuffle(_shake(np.concatenate(arms), noise, seed), _classes(first, second), seed)


# Surfaces for optimizers to walk on: functions of two Values or numbers

def saddle(x: Any, y: Any) -> Any:
    """x² - y²: level at the origin, where gradient descent stalls, and falling away along y."""
    return x * x - y * y


def valley(x: Any, y: Any) -> Any:
    """x² / 10 + 2 y²: twenty times as steep across as along, with its lowest point at the origin."""
    return x * x / 10 + 2 * y * y


# Images

def digits() -> Set:
    """scikit-learn's 1,797 handwritten digits: rows of 64 numbers from 0 to 16, labels from 0 to 9."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingExtraError("digits: expected scikit-learn, which brings them: pip install scikit-learn") from error
    found = load_digits()
    return found.data.astype(np.float64), found.target.astype(np.int64)


def mnist(folder: str | os.PathLike[str]) -> tuple[Set, Set]:
    """The training set and the test set of MNIST from your copy of its four files: (X, y), (X_test, y_test).

    The files bear the names under which they are handed out, such as train-images-idx3-ubyte.gz, zipped or not, with a
    dot or a hyphen before "idx". Each X is an array of (rows, 28, 28), from 0 to 255.

    They may also lie one or two folders further down, as some tools unpack them.

    Raises `ArgumentError` for a folder that lacks one of them, and for images without as many labels.
    """
    from .idx import read_images, read_labels

    def part(name: str) -> Set:
        paths = [_only(folder, f"{name}-{kind}-ubyte*") for kind in ("images*3", "labels*1")]
        images, labels = read_images(paths[0]), read_labels(paths[1])
        if len(images) != len(labels):
            got = f"{len(images)} in {paths[0]} and {len(labels)} in {paths[1]}"
            raise ArgumentError(f"mnist: expected as many labels as images, got {got}")
        return images, labels

    return part("train"), part("t10k")


def _only(folder: str | os.PathLike[str], pattern: str) -> Path:
    """The file of that pattern in a folder, or a little below it; of several, the first by name."""
    if not isinstance(folder, (str, os.PathLike)):
        raise OperandError(f"mnist: expected the path of the folder with the four files, got {shown(folder)}")
    if not Path(folder).is_dir():
        raise ArgumentError(f"mnist: expected a folder with the four files of MNIST, got {shown(os.fspath(folder))}")
    found = [path for way in ("", "*/", "*/*/") for path in sorted(Path(folder).glob(way + pattern)) if path.is_file()]
    if not found:
        raise ArgumentError(f"mnist: expected a file {pattern} in {shown(os.fspath(folder))}, got none of that name")
    return found[0]


# What is done to data

class MinMaxScaler:
    """Scales each column to [0, 1] by the least and the largest of the rows it was fitted to.

    >>> scaler = MinMaxScaler().fit([[0, 10], [10, 30]])
    >>> scaler.transform([[5, 20], [20, 10]]).tolist()
    [[0.5, 0.5], [2.0, 0.0]]
    """

    def fit(self, x: Any) -> "MinMaxScaler":
        """Learn the range of each column, from training rows alone; a column of one number becomes 0."""
        table = array(x, "MinMaxScaler: x")
        self.low, high = table.min(axis=0), table.max(axis=0)
        self.width = np.where(high > self.low, high - self.low, 1.0)
        return self

    def transform(self, x: Any) -> Array:
        """Rows scaled by the ranges learned."""
        if not hasattr(self, "low"):
            raise ArgumentError("MinMaxScaler: expected a fitted scaler: call fit(x) first")
        table = array(x, "MinMaxScaler: x")
        if self.low.shape not in (table.shape[1:], table.shape):  # of one row as well
            expected = f"rows of shape {self.low.shape}, as those that it was fitted to"
            raise ArgumentError(f"MinMaxScaler: expected {expected}, got {table.shape[1:]}")
        scaled: Array = (table - self.low) / self.width
        return scaled


def train_validation_split(x: Any, y: Any, validation: Number = 0.2, seed: int = 0) -> tuple[Any, Any, Any, Any]:
    """Rows and labels without those drawn at random for validation, and those: x, y, x_validation, y_validation.

    `validation` is a part of the rows, or a number of rows.

    >>> x, y, x_validation, y_validation = train_validation_split(range(10), range(10), validation=3)
    >>> len(x), len(x_validation), sorted([*x, *x_validation]) == list(range(10))
    (7, 3, True)
    """
    x, y = np.asarray(x), np.asarray(y)
    if not x.ndim or not y.ndim:
        raise OperandError(f"train_validation_split: expected rows and labels, got {shown(y if x.ndim else x)}")
    if len(x) != len(y):
        raise ArgumentError(f"train_validation_split: expected as many labels as rows, got {len(y)} and {len(x)}")
    size = number(validation, "validation")
    count = round(size * len(x)) if 0 < size < 1 else size
    if not 0 < count < len(x) or count != int(count):
        raise ArgumentError(f"validation: expected to leave rows on both sides of {len(x)}, got {shown(validation)}")
    order, count = np.random.default_rng(check_seed(seed)).permutation(len(x)), int(count)
    kept, drawn = np.sort(order[count:]), np.sort(order[:count])
    return x[kept], y[kept], x[drawn], y[drawn]


def shifted(images: Any, most: int = 1, seed: int = 0) -> Array:
    """Images (an array of rows, height, width) moved by up to `most` pixels each way; what comes in is 0."""
    table = three_axes(images)
    moved = np.zeros_like(table)
    _, height, width = table.shape
    most = checks.size(most, "shifted: most", least=0)
    steps = np.random.default_rng(check_seed(seed)).integers(-most, most + 1, (len(table), 2))
    steps = np.clip(steps, (-height, -width), (height, width))  # an image that has left is 0
    for image, into, (down, right) in zip(table, moved, steps.tolist()):
        rows, columns = slice(max(down, 0), height + min(down, 0)), slice(max(right, 0), width + min(right, 0))
        source = image[max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)]
        into[rows, columns] = source
    return moved


def rotated(images: Any, most: float = 10.0, seed: int = 0) -> Array:
    """Images turned by up to `most` degrees about their middle, each pixel mixed from the four it falls between."""
    table = three_axes(images)
    _, height, width = table.shape
    most = checks.at_least_zero("rotated", "most", most)
    angles = np.radians(np.random.default_rng(check_seed(seed)).uniform(-most, most, len(table)))
    down, right = np.mgrid[:height, :width] - np.array([(height - 1) / 2, (width - 1) / 2])[:, None, None]
    return np.array([_turn(image, down, right, angle) for image, angle in zip(table, angles.tolist())])


def noisy(x: Any, size: float = 0.05, seed: int = 0) -> Array:
    """Numbers shaken by normal noise of that size."""
    return _shake(array(x, "noisy: x"), size, seed)


def three_axes(images: Any) -> Array:
    table = array(images, "images")
    if table.ndim != 3:
        raise ArgumentError(f"images: expected an array of rows, height, width, got the shape {table.shape}")
    return table


def check_seed(seed: int) -> int:
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or seed < 0:
        raise OperandError(f"seed: expected a whole number of at least 0, got {shown(seed)}")
    return int(seed)


def _turn(image: Array, down: Array, right: Array, angle: float) -> Array:
    height, width = image.shape
    y = down * math.cos(angle) - right * math.sin(angle) + (height - 1) / 2
    x = down * math.sin(angle) + right * math.cos(angle) + (width - 1) / 2
    framed = np.pad(image, 1)
    top, left = np.clip(np.floor(y).astype(int), -1, height - 1), np.clip(np.floor(x).astype(int), -1, width - 1)
    v, u = np.clip(y - top, 0, 1), np.clip(x - left, 0, 1)
    upper = framed[top + 1, left + 1] * (1 - u) + framed[top + 1, left + 2] * u
    lower = framed[top + 2, left + 1] * (1 - u) + framed[top + 2, left + 2] * u
    mixed: Array = upper * (1 - v) + lower * v
    return mixed


def _halves(count: int) -> tuple[int, int]:
    count = checks.size(count, "count")
    return count - count // 2, count // 2


def _on_circle(angles: Array) -> Array:
    return np.column_stack([np.cos(angles), np.sin(angles)])


def _classes(first: int, second: int) -> Labels:
    return np.repeat([0, 1], [first, second])


def _shuffle(points: Array, labels: Labels, seed: int) -> Set:
    """The rows in an order that the seed decides, so that any part of them has rows of both classes."""
    order = np.random.default_rng([check_seed(seed), 1]).permutation(len(points))
    return points[order], labels[order]


def _shake(points: Array, noise: float, seed: int) -> Array:
    checks.at_least_zero("noise", "size", noise)
    return points + noise * np.random.default_rng(check_seed(seed)).standard_normal(points.shape)

"""The numbers that training starts from: small, random, and of a spread that suits the activation.

    He        U(-r, r) with r = sqrt(6 / nin)            before a rectifier, which passes half of what it gets
    Glorot    U(-r, r) with r = sqrt(6 / (nin + nout))   before anything else

Both keep signals of about one size through many layers; biases start at 0. [He et al. 2015, Glorot and Bengio 2010]

>>> radius("relu", nin=6, nout=1), radius("tanh", nin=3, nout=3)
(1.0, 1.0)
>>> generator(seed=1).random() == generator(rng=random.Random(1)).random()
True
>>> RandomUniform(2.0, 3.0)
Plain(kind='uniform', size=0.5, middle=2.5)
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import ArgumentError, OperandError, shown
from ..coerce import Number, is_one_of
from .activations import RECTIFIERS, Function, find
from . import elsewhere
from .checks import above_zero, at_least_zero, real
from .keywords import know_arguments, not_there, takes
from .registry import Registry

__all__ = [
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform", "Ones",
    "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "Zeros", "find_initializer",
]  # fmt: skip
__getattr__ = not_there(__name__, __all__, elsewhere.INITIALIZERS)

Initializer = Callable[[int, int, random.Random], float]  # of the layer's inputs and outputs: one number


@dataclass(frozen=True)
class Spread:
    """Random numbers of variance `gain` / fan: uniform, or normal and cut off at two standard deviations as in Keras.

    `fan` is the number of inputs ("in"), of outputs ("out"), or their mean ("average").

    >>> round(Spread("uniform", 3, "in")(27, 1, random.Random(1)), 3)
    -0.422
    """

    kind: str
    gain: float
    fan: str

    def __call__(self, nin: int, nout: int, rng: random.Random) -> float:
        deviation = math.sqrt(self.gain / {"in": nin, "out": nout, "average": (nin + nout) / 2}[self.fan])
        if self.kind == "uniform":
            return rng.uniform(-1, 1) * math.sqrt(3) * deviation
        return draw_cut_off(rng) * deviation / 0.87962566103423978  # the deviation of what is left after the cut


@dataclass(frozen=True)
class Plain:
    """The same number always ("constant"), or random ones around a middle: "uniform" up to a distance from it, "normal"
    of a deviation, or "truncated", which is normal and cut off at two deviations.
    """

    kind: str
    size: float
    middle: float = 0.0

    def __call__(self, nin: int, nout: int, rng: random.Random) -> float:
        if self.kind == "constant":
            return self.size
        if self.kind == "uniform":
            return self.middle + rng.uniform(-self.size, self.size)
        return self.middle + (rng.gauss(0, 1) if self.kind == "normal" else draw_cut_off(rng)) * self.size


def draw_cut_off(rng: random.Random) -> float:
    """A number of the normal distribution within two deviations."""
    return next(z for z in iter(lambda: rng.gauss(0, 1), None) if abs(z) <= 2)


INITIALIZERS: Registry[Initializer] = Registry("an initializer", {
    "zeros": Plain("constant", 0.0), "ones": Plain("constant", 1.0), "random_uniform": Plain("uniform", 0.05),
    "random_normal": Plain("normal", 0.05), "truncated_normal": Plain("truncated", 0.05),
} | {
    f"{name}_{kind}": Spread(kind, gain, fan)
    for name, gain, fan in (("glorot", 1.0, "average"), ("he", 2.0, "in"), ("lecun", 1.0, "in"))
    for kind in ("uniform", "normal")
}, instead=elsewhere.INITIALIZERS)  # fmt: skip


def find_initializer(initializer: str | Initializer | None) -> Initializer | None:
    """The initializer of that name, a function of (inputs, outputs, rng) that gives a number or, as in Keras, of
    (shape, dtype) that gives an array; or None for what suits the activation.
    """
    if isinstance(initializer, str):
        return INITIALIZERS.find(initializer)
    made_by = initializer if isinstance(initializer, type) else globals().get(getattr(initializer, "__name__", ""))
    if initializer is not None and made_by is initializer:  # Constant, where Constant() belongs
        raise OperandError(f"initializer: expected an object, got {name_of(initializer)}: "
                           f"write {name_of(initializer)}()")  # fmt: skip
    if initializer is None or callable(initializer) and any(takes(initializer, count) for count in (3, 1, 2)):
        return initializer
    raise OperandError(f"initializer: expected a name or {EXPECTED}, got {shown(initializer)}")


EXPECTED = "a function of (inputs, outputs, rng) that gives one number, or of (shape, dtype) that gives an array"


def name_of(initializer: Any) -> str:
    """The name of a function or a class, else what stands for the object."""
    return getattr(initializer, "__name__", None) or repr(initializer)


def radius(activation: str | Function | None, nin: int, nout: int) -> float:
    """How far from 0 a first weight may lie."""
    return math.sqrt(6 / nin if find(activation) in RECTIFIERS else 6 / (nin + nout))


def weights(activation: str | Function | None, nin: int, nout: int, rng: random.Random) -> list[float]:
    """The first weights of one neuron in a layer of `nin` inputs and `nout` outputs."""
    r = radius(activation, nin, nout)
    return [rng.uniform(-r, r) for _ in range(nin)]


def generator(seed: int | None = None, rng: random.Random | None = None) -> random.Random:
    """The source of random numbers: `rng`, or a fresh one from `seed`, or Python's own that `random.seed` sets."""
    if seed is not None and rng is not None:
        raise ArgumentError(f"expected seed or rng, not both: got seed={seed!r} and rng={shown(rng)}")
    if rng is not None:
        if not hasattr(rng, "uniform"):
            raise OperandError(f"rng: expected a generator such as random.Random(0), got {shown(rng)}")
        return rng
    if seed is None:
        return random._inst
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise OperandError(f"seed: expected an integer, got {shown(seed)}")
    return random.Random(seed)


# As Keras writes them: objects with their settings. Their numbers come from the seed of the layer, or of the model.

FANS = {"fan_in": "in", "fan_out": "out", "fan_avg": "average"}
DISTRIBUTIONS = {"truncated_normal": "normal", "uniform": "uniform"}


def make_named(name: str, text: str) -> Callable[[], Initializer]:
    """What makes the initializer of that name, which has no settings."""

    def make() -> Initializer:
        return INITIALIZERS.find(name)

    make.__name__ = make.__qualname__ = text
    make.__doc__ = f"The initializer {name!r}."
    return know_arguments(make)


Zeros, Ones = make_named("zeros", "Zeros"), make_named("ones", "Ones")
GlorotUniform, GlorotNormal = make_named("glorot_uniform", "GlorotUniform"), make_named("glorot_normal", "GlorotNormal")
HeUniform, HeNormal = make_named("he_uniform", "HeUniform"), make_named("he_normal", "HeNormal")
LecunUniform, LecunNormal = make_named("lecun_uniform", "LecunUniform"), make_named("lecun_normal", "LecunNormal")


@know_arguments
def Constant(value: Number = 0.0) -> Initializer:
    """The same number for every weight."""
    return Plain("constant", real(value, "Constant: value"))


@know_arguments
def RandomNormal(mean: Number = 0.0, stddev: Number = 0.05) -> Initializer:
    """Normal numbers around a mean."""
    return Plain("normal", at_least_zero("RandomNormal", "stddev", stddev), real(mean, "RandomNormal: mean"))


@know_arguments
def TruncatedNormal(mean: Number = 0.0, stddev: Number = 0.05) -> Initializer:
    """Normal numbers within two standard deviations of a mean."""
    return Plain("truncated", at_least_zero("TruncatedNormal", "stddev", stddev), real(mean, "TruncatedNormal: mean"))


@know_arguments
def RandomUniform(minval: Number = -0.05, maxval: Number = 0.05) -> Initializer:
    """Numbers from `minval` to `maxval`, all alike."""
    low, high = real(minval, "RandomUniform: minval"), real(maxval, "RandomUniform: maxval")
    if low > high:
        raise ArgumentError(f"RandomUniform: expected a minval up to maxval, got {shown(minval)} and {shown(maxval)}")
    return Plain("uniform", (high - low) / 2, (high + low) / 2)


@know_arguments
def VarianceScaling(scale: Number = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal") -> Initializer:
    """Numbers of the variance scale / fan, as "glorot", "he" and "lecun" are made."""
    if not is_one_of(mode, FANS) or not is_one_of(distribution, DISTRIBUTIONS):
        expected = f"a mode of {', '.join(FANS)} and a distribution of {', '.join(DISTRIBUTIONS)}"
        raise ArgumentError(f"VarianceScaling: expected {expected}, got {shown(mode)} and {shown(distribution)}")
    return Spread(DISTRIBUTIONS[distribution], above_zero("VarianceScaling", "scale", scale), FANS[mode])

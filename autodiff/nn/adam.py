"""Adam and its kin: momentum, and a rate for each parameter by the size of its gradients.

>>> Adamax(lr=0.002)
Adamax(lr=0.002)
"""

import math
from typing import Any, Unpack

from .. import native
from ..coerce import Number
from .checks import at_least_zero, flag, fraction
from .optimizer import After, Optimizer, Params, Rate, Shared, sqrt, take_larger


class Adam(Optimizer):
    """Momentum and a rate for each parameter: x - lr sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon).

    m and v are fading means of g and g g, and the factor in front rids them of their start at 0. epsilon is 1e-7 and
    stands beside the root of v itself, as in Keras and in section 2 of the paper; torch has 1e-8 beside the corrected
    root, as in algorithm 1. With `amsgrad` the largest v so far stands in its place. [Kingma and Ba 2015; Reddi et al.
    2018]
    """

    default_rate = 0.001
    _checks = {**Optimizer._checks, "beta_1": fraction, "beta_2": fraction, "epsilon": at_least_zero, "amsgrad": flag}

    def __init__(self, params: Params | Rate = None, lr: Rate | None = None, beta_1: Number = 0.9,
                 beta_2: Number = 0.999, epsilon: Number = 1e-7, amsgrad: bool = False,
                 **shared: Unpack[Shared]) -> None:  # fmt: skip
        self.amsgrad = amsgrad
        super().__init__(params, lr, **shared)
        self.beta_1: float = beta_1
        self.beta_2: float = beta_2
        self.epsilon = epsilon

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        """What a step remembers: both fading means, and with `amsgrad` the largest of the second."""
        return ("m", "v", "largest_v") if self.amsgrad else ("m", "v")

    def rule(self, parameter: Any, gradient: Any, *slots: Any) -> After:
        m, v, *largest = slots
        m *= self.beta_1
        m += (1 - self.beta_1) * gradient
        v *= self.beta_2
        v += (1 - self.beta_2) * gradient * gradient
        if largest:
            largest = [take_larger(largest[0], v)]
        return parameter - self.move(gradient, m, largest[0] if largest else v), m, v, *largest

    def move(self, gradient: Any, m: Any, v: Any) -> Any:
        """How far each parameter moves, by the fading means of the gradient and of its square."""
        root = sqrt(v)
        root += self.epsilon
        return self._scale() * m / root

    def _scale(self) -> float:
        """The rate of this step, with what rids both means of their start at 0."""
        return self.rate * math.sqrt(1 - self.beta_2**self.steps) / (1 - self.beta_1**self.steps)

    def _in_one_pass(self, parameters: Any, gradient: Any, after: Any, *columns: Any) -> bool:
        """Whether C ran the rule: not one of a subclass's own."""
        own = tuple(getattr(method, "__func__", None) for method in (self.rule, self.move))
        factors = self.beta_1, 1 - self.beta_1, self.beta_2, 1 - self.beta_2, self.epsilon, self._scale()
        if self.amsgrad or own != KNOWN_TO_C or any(type(factor) is not float for factor in factors):
            return False
        return native.module.adam(parameters, gradient, *columns, after, factors)  # type: ignore[no-any-return]


KNOWN_TO_C = (Adam.rule, Adam.move) if native.module else None


class AdamW(Adam):
    """Adam with a weight decay of 0.004, as in Keras; torch has 0.01. [Loshchilov and Hutter 2019]"""

    default_decay = 0.004


class Nadam(Adam):
    """Adam with Nesterov's look ahead; beta_1 warms up as beta_1 (1 - 0.96 ** (t momentum_decay) / 2).

    momentum_decay is 1 as in Keras; in torch and the paper's examples it is 0.004. epsilon stands beside the corrected
    root in both. [Dozat 2016]
    """

    _checks = {**Adam._checks, "momentum_decay": at_least_zero}

    def __init__(self, params: Params | Rate = None, lr: Rate | None = None, beta_1: Number = 0.9,
                 beta_2: Number = 0.999, epsilon: Number = 1e-7,
                 momentum_decay: Number = 1.0, **shared: Unpack[Shared]) -> None:  # fmt: skip
        super().__init__(params, lr, beta_1, beta_2, epsilon, **shared)
        self.momentum_decay: float = momentum_decay
        self._product = (0, 1.0)  # of the momenta up to a step

    def momentum(self, step: int) -> float:
        return self.beta_1 * (1 - 0.5 * math.pow(0.96, step * self.momentum_decay))

    def product(self, step: int) -> float:
        """The momenta of all steps up to this one, multiplied; the last product is kept, since steps follow steps."""
        known, product = self._product if self._product[0] <= step else (0, 1.0)
        for each in range(known + 1, step + 1):
            product *= self.momentum(each)
        self._product = (step, product)
        return product

    def move(self, gradient: Any, m: Any, v: Any) -> Any:
        now, ahead = self.momentum(self.steps), self.momentum(self.steps + 1)
        product = self.product(self.steps)
        looking_ahead = ahead / (1 - product * ahead) * m + (1 - now) / (1 - product) * gradient
        return self.rate * looking_ahead / (sqrt(1 / (1 - self.beta_2**self.steps)) * sqrt(v) + self.epsilon)


class Adamax(Optimizer):
    """Adam whose rates follow the largest gradient: x - lr / (1 - beta_1^t) m / (u + epsilon), u = max(beta_2 u, |g|).

    torch has a rate of 0.002, and epsilon inside of the maximum. [Kingma and Ba 2015]
    """

    slots, default_rate = ("m", "u"), 0.001
    _checks = {**Optimizer._checks, "beta_1": fraction, "beta_2": fraction, "epsilon": at_least_zero}

    def __init__(self, params: Params | Rate = None, lr: Rate | None = None, beta_1: Number = 0.9,
                 beta_2: Number = 0.999, epsilon: Number = 1e-7, **shared: Unpack[Shared]) -> None:  # fmt: skip
        super().__init__(params, lr, **shared)
        self.beta_1: float = beta_1
        self.beta_2: float = beta_2
        self.epsilon = epsilon

    def rule(self, parameter: Any, gradient: Any, *slots: Any) -> After:
        m, u = slots
        m += (gradient - m) * (1 - self.beta_1)
        u = take_larger(u * self.beta_2, abs(gradient))
        return parameter - self.rate * m / ((1 - self.beta_1**self.steps) * (u + self.epsilon)), m, u

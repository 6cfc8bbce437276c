"""A second yardstick beside micrograd: the smallest engine that still tries to be fast.

The shape is that of the one-file engines that followed micrograd: `__slots__`, children and local gradients fixed when
the operation runs, no closures, one topological order. `Plain` does no more than its lessons need (no IEEE edges, no
names, no checks), so it shows what those cost autodiff.

>>> x = Plain(3.0)
>>> y = x * x + 2.0
>>> y.backward()
>>> x.grad
6.0
"""

from __future__ import annotations

import math


class Plain:
    """A number, its gradient, what it was made from and the slope along each."""

    __slots__ = ("data", "grad", "_children", "_local_grads")

    def __init__(self, data: float, children: tuple[Plain, ...] = (), local_grads: tuple[float, ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self._children = children
        self._local_grads = local_grads

    def __add__(self, other: Plain | float) -> Plain:
        other = other if isinstance(other, Plain) else Plain(other)
        return Plain(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Plain | float) -> Plain:
        other = other if isinstance(other, Plain) else Plain(other)
        return Plain(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power: float) -> Plain:
        return Plain(self.data**power, (self,), (power * self.data ** (power - 1),))

    def relu(self) -> Plain:
        return Plain(max(0.0, self.data), (self,), (float(self.data > 0),))

    def exp(self) -> Plain:
        return Plain(math.exp(self.data), (self,), (math.exp(self.data),))

    def log(self) -> Plain:
        return Plain(math.log(self.data), (self,), (1.0 / self.data,))

    def __truediv__(self, other: Plain | float) -> Plain:
        return self * other**-1

    def __neg__(self) -> Plain:
        return self * -1.0

    def __sub__(self, other: Plain | float) -> Plain:
        return self + (-other)

    def __rsub__(self, other: float) -> Plain:
        return -self + other

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self) -> None:
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, placed = stack.pop()
            if placed:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend([(child, False) for child in node._children])
        self.grad = 1.0
        for node in reversed(order):
            for child, local in zip(node._children, node._local_grads):
                child.grad += local * node.grad

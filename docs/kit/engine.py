"""Homework: a scalar autograd engine. Fill in what is marked TODO; hand in this file.

Try it as you go:    autodiff grade engine.py --properties values,operators,sums
or paste it into the playground and choose "Grade my engine".
"""

import math


class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, parents=(), local_derivatives=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents  # the Values that this one was computed from
        self.local_derivatives = local_derivatives  # for each of them, how this one moves with it

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        raise NotImplementedError("TODO 1: the product, with its two local derivatives (lesson 1)")

    def __pow__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        raise NotImplementedError("TODO 2: the power; its derivative along the exponent needs math.log")

    def __rpow__(self, other):
        return Value(other) ** self

    def tanh(self):
        raise NotImplementedError("TODO 3: tanh, by math.tanh, with its local derivative (lesson 5)")

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __truediv__(self, other):
        return self * (other**-1 if isinstance(other, Value) else 1 / other)

    def __rtruediv__(self, other):
        return self**-1 * other

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        """Put the derivative of this value with respect to each value before it into that one's `grad`."""
        raise NotImplementedError("TODO 4: an order (lesson 4), then for each value what it sends on (lessons 2 and 3)")

"""The solution of the homework: a scalar autograd engine that holds every property it is asked for."""

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
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        power = self.data**other.data
        along_exponent = power * math.log(self.data) if self.data > 0 else 0.0
        return Value(power, (self, other), (other.data * self.data ** (other.data - 1), along_exponent))

    def __rpow__(self, other):
        return Value(other) ** self

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t * t,))

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
        order, seen, waiting = [], set(), [(self, False)]
        while waiting:  # a loop with a list of its own, where a function that calls itself would be too deep
            value, is_done = waiting.pop()
            if is_done:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                waiting.append((value, True))
                waiting.extend((parent, False) for parent in value.parents)
        for value in order:
            if value.parents:
                value.grad = 0.0  # a second pass adds to the leaves alone
        self.grad += 1.0
        for value in reversed(order):
            for parent, local_derivative in zip(value.parents, value.local_derivatives):
                parent.grad += local_derivative * value.grad

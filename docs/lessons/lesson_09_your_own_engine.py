"""Build your own engine, graded"""

# %% [markdown]
# You know all that an engine needs. Let us write one, in forty lines, and have it examined.
#
# A value keeps four things: its number, its gradient, what it was made from, and the local derivative for each of
# those.

# %%
import math


class Value:
    def __init__(self, data, parents=(), local_derivatives=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.local_derivatives = local_derivatives

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t * t,))

    def __neg__(self): return self * -1
    def __sub__(self, other): return self + -other
    def __rsub__(self, other): return -self + other
    def __truediv__(self, other): return self * other**-1
    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            for parent, local_derivative in zip(value.parents, value.local_derivatives):
                parent.grad += local_derivative * value.grad


# %% [markdown]
# Every line is a lesson: `+=` is the third, the visit the fourth, the product in the last line the second. Try it.

# %%
a, b = Value(2.0), Value(-3.0)
loss = (a * b + a).tanh()
loss.backward()
print(round(loss.data, 6), round(a.grad, 6), round(b.grad, 6))

# %% [markdown]
# It looks right. But does it hold for *every* program? Nobody can check them all by hand. The examiner below draws
# programs at random, compares values and gradients with exact ones, and looks for each fault that engines are known to
# have.

# %%
from autodiff.testing import conformance

report = conformance(Value, examples=40)
print(report)

# %% [markdown]
# Nothing is wrong. What it lists lies beyond what our forty lines claim: the depth is the recursion that lesson 4
# warned of, and "not there" has a thing that we really forgot. We wrote `x / 2`; nobody wrote `2 / x`.
#
# Now break the engine: in `tanh`, write `(1 - t) ** 2` in place of `1 - t * t`. The outputs stay right, only the
# gradient is wrong. Does the examiner see it?

# %%
class Broken(Value):
    def tanh(self):
        t = math.tanh(self.data)
        return Broken(t, (self,), ((1 - t) ** 2,))

    def __add__(self, other): return _as(super().__add__(other))
    def __mul__(self, other): return _as(super().__mul__(other))
    def __pow__(self, n): return _as(super().__pow__(n))
    __radd__, __rmul__ = __add__, __mul__


def _as(value):
    return Broken(value.data, value.parents, value.local_derivatives)


print("\n".join(str(conformance(Broken, examples=40)).split("\n")[2:8]))

# %% [markdown]
# It names the operation, the point, the number that came and the one that should have come. In the playground, "Grade
# my engine" does the same for whatever you write there; on the command line it is `autodiff grade engine.py:Value`.
#
# **Your turn.** Write the engine again from memory. Then add `exp`, `log` and `relu`, each with its local derivative,
# and have it graded.

# %% [questions]
# 1. Which local derivative belongs to exp, at the input 0?
# answer: 1
# check: autodiff.grad(lambda x: x.exp())(0.0)
# exp is its own derivative, and e⁰ = 1.
# 2. And to log, at the input 4?
# answer: 0.25
# check: autodiff.grad(lambda x: x.log())(4.0)
# 1 / x.
# 3. x / y is written as x · y⁻¹ here. What is the local derivative along y at x = 6, y = 2?
# answer: -1.5
# check: autodiff.grad(lambda y: 6.0 / y)(2.0)
# −x / y².

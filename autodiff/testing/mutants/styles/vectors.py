"""Vectors: data and gradients are NumPy arrays, of which a scalar is one without dimensions."""

CLASS = "Array"
ENGINE = '''\
import numpy as np

SEEN = []


class Array:
    def __init__(self, values, parents=(), grad_fn=None):
        self.values = np.asarray(values, dtype=np.float64)
        self.grad = np.zeros_like(self.values)
        self.parents = parents
        self.grad_fn = grad_fn

    @staticmethod
    def of(thing):
        return thing if isinstance(thing, Array) else Array(thing)

    def __add__(self, other):
        other = Array.of(other)
        return Array(self.values + other.values, (self, other), lambda g: (g, g))

    def __sub__(self, other):
        other = Array.of(other)
        return Array(self.values - other.values, (self, other), lambda g: (g, -g))

    def __mul__(self, other):
        other = Array.of(other)
        return Array(self.values * other.values, (self, other), lambda g: (g * other.values, g * self.values))

    def __truediv__(self, other):
        other = Array.of(other)
        return Array(self.values / other.values, (self, other), lambda g: (g / other.values, -g * self.values / other.values**2))

    def __pow__(self, n):
        return Array(self.values**n, (self,), lambda g: (g * n * self.values ** (n - 1),))

    def __neg__(self):
        return Array(-self.values, (self,), lambda g: (-g,))

    def __radd__(self, other):
        return Array.of(other) + self

    def __rsub__(self, other):
        return Array.of(other) - self

    def __rmul__(self, other):
        return Array.of(other) * self

    def __rtruediv__(self, other):
        return Array.of(other) / self

    def exp(self):
        out = Array(np.exp(self.values), (self,))
        out.grad_fn = lambda g: (g * out.values,)
        return out

    def log(self):
        return Array(np.log(self.values), (self,), lambda g: (g / self.values,))

    def tanh(self):
        out = Array(np.tanh(self.values), (self,))
        out.grad_fn = lambda g: (g * (1 - out.values**2),)
        return out

    def relu(self):
        return Array(np.maximum(self.values, 0), (self,), lambda g: (g * (self.values > 0),))

    def backward(self):
        order, seen = [], []

        def visit(a):
            if not any(a is b for b in seen):
                seen.append(a)
                for p in a.parents:
                    visit(p)
                order.append(a)

        visit(self)
        self.grad = np.ones_like(self.values)
        for a in reversed(order):
            if a.grad_fn is not None:
                for p, g in zip(a.parents, a.grad_fn(a.grad)):
                    p.grad = p.grad + g
'''

FAULTS = (
    ("exp forgets the upstream gradient", "lambda g: (g * out.values,)", "lambda g: (out.values,)", "`exp` forgets the upstream gradient"),
    ("relu forgets the upstream gradient", "lambda g: (g * (self.values > 0),)", "lambda g: (1.0 * (self.values > 0),)", "`relu` forgets the upstream gradient"),
    ("tanh: its input", "g * (1 - out.values**2)", "g * (1 - self.values**2)", "`tanh`: its local derivative"),
    ("relu: the wrong side", "(self.values > 0)", "(self.values < 0)", "`relu`: its local derivative"),
    ("- : operands swapped", "lambda g: (g, -g)", "lambda g: (-g, g)", "`a - b`: its local derivative"),
    ("** : factor lost", "g * n * self.values ** (n - 1)", "g * self.values ** (n - 1)", "`a ** b`: its local derivative"),
    ("+= writes into its operand", "    def __neg__(self):\n",
     "    def __iadd__(self, other):\n        self.values = self.values + Array.of(other).values\n        return self\n\n    def __neg__(self):\n",
     "`a += 2.5` changes its input"),
    ("log lists no operand", "Array(np.log(self.values), (self,), lambda g: (g / self.values,))", "Array(np.log(self.values))", "`log`: no gradient reaches a"),
    ("breadth first", "                for p in a.parents:\n                    visit(p)\n                order.append(a)",
     "                order.insert(0, a)\n                for p in a.parents:\n                    visit(p)", "a node is read before all its users have written"),
    ("mark that outlives the pass", "seen = [], []\n", "seen = [], SEEN\n", "a second backward pass reaches nothing"),
    ("relu: by the sign of the gradient", "g * (self.values > 0)", "g * (g > 0)", "`relu` lets a gradient through by the sign of that"),
)  # fmt: skip

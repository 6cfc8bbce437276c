"""Closures: every operation leaves behind a function that pushes the gradient to its operands."""

CLASS = "Value"
ENGINE = '''\
import math


class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0.0
        self._prev = set(_children)
        self._backward = lambda: None
        self._op = _op

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += 1.0 * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, power):
        out = Value(self.data**power, (self,), "**")

        def _backward():
            self.grad += power * self.data ** (power - 1) * out.grad

        out._backward = _backward
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def log(self):
        out = Value(math.log(self.data), (self,), "log")

        def _backward():
            self.grad += 1 / self.data * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,), "tanh")

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def relu(self):
        out = Value(self.data if self.data > 0 else 0.0, (self,), "relu")

        def _backward():
            self.grad += (out.data > 0) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for child in node._prev:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __truediv__(self, other):
        return self * other**-1 if isinstance(other, Value) else self * (1 / other)

    def __rtruediv__(self, other):
        return other * self**-1

    __radd__, __rmul__ = __add__, __mul__
'''

FAULTS = (
    ("+ forgets the upstream gradient", "other.grad += 1.0 * out.grad", "other.grad += 1.0",
     "`+` forgets the upstream gradient"),
    ("exp forgets the upstream gradient", "self.grad += out.data * out.grad", "self.grad += out.data",
     "`exp` forgets the upstream gradient"),
    ("tanh: = for +=", "self.grad += (1 - t**2)", "self.grad = (1 - t**2)", "`tanh` overwrites"),
    ("* : = for += on its right", "other.grad += self.data", "other.grad = self.data", "`*` overwrites"),
    ("* : lists its left operand only", "(self, other), \"*\"", "(self,), \"*\"", "`*` lists only one of its operands"),
    ("** : exponent not lowered", "self.data ** (power - 1)", "self.data**power", "`a ** b`: its local derivative"),
    ("log: a for 1/a", "self.grad += 1 / self.data", "self.grad += self.data", "`log`: its local derivative"),
    ("relu: passes everything", "(out.data > 0) * out.grad", "out.grad", "`relu`: its local derivative"),
    ("2 / a is a / 2", "return other * self**-1", "return self / other", "`0.75 / a` gives `a / 0.75`"),
    ("leaves first", "in reversed(order)", "in order", "backward goes through the graph from the leaves"),
    ("an attribute hides the method", "self._op = _op", "self._op, self.exp = _op, None", "an attribute hides the method `exp`"),
    ("no number on the left of +", "__radd__, __rmul__ = __add__, __mul__", "__rmul__ = __mul__",
     "`0.75 + a` does not work: `__radd__` is missing"),
    ("gradients set back to 0", "            node._backward()\n", "            node._backward()\n            node.grad = 0.0\n",
     "backward sets gradients back to 0"),
    ("seed missing", "        self.grad = 1.0\n", "", "backward starts from 0.0 instead of 1"),
    ("relu: by the sign of the gradient", "(out.data > 0) * out.grad", "(out.grad > 0) * out.grad", "`relu` lets a gradient through by the sign of that"),
    ("* : both to its left operand", "other.grad += self.data", "self.grad += self.data", "`a * b` sends both its gradients to a"),
)  # fmt: skip

"""Recursion: a value calls its operands with what it sends them; with a count of users, so that each goes on once."""

CLASS = "Var"
ENGINE = '''\
import math


class Var:
    def __init__(self, val, sources=()):
        self.val = val
        self.deriv = 0.0
        self.sources = sources

    def __add__(self, that):
        that = as_var(that)
        return Var(self.val + that.val, [(self, lambda d: d), (that, lambda d: d * 1)])

    def __sub__(self, that):
        that = as_var(that)
        return Var(self.val - that.val, [(self, lambda d: d), (that, lambda d: -d)])

    def __mul__(self, that):
        that = as_var(that)
        return Var(self.val * that.val, [(self, lambda d: d * that.val), (that, lambda d: self.val * d)])

    def __truediv__(self, that):
        that = as_var(that)
        q = self.val / that.val
        return Var(q, [(self, lambda d: d / that.val), (that, lambda d: -d * q / that.val)])

    def __pow__(self, n):
        return Var(self.val**n, [(self, lambda d: d * n * self.val ** (n - 1))])

    def __neg__(self):
        return Var(-self.val, [(self, lambda d: -1 * d)])

    def __radd__(self, that):
        return self + that

    def __rsub__(self, that):
        return as_var(that) - self

    def __rmul__(self, that):
        return self * that

    def __rtruediv__(self, that):
        return as_var(that) / self

    def exp(self):
        e = math.exp(self.val)
        return Var(e, [(self, lambda d: e * d)])

    def sin(self):
        return Var(math.sin(self.val), [(self, lambda d: math.cos(self.val) * d)])

    def sqrt(self):
        root = math.sqrt(self.val)
        return Var(root, [(self, lambda d: d / (2 * root))])

    def backprop(self):
        users = {}

        def count(node):
            for source, _ in node.sources:
                users[id(source)] = users.get(id(source), 0) + 1
                if users[id(source)] == 1:
                    count(source)

        def go(node):
            for source, send in node.sources:
                source.deriv += send(node.deriv)
                users[id(source)] -= 1
                if users[id(source)] == 0:
                    go(source)

        count(self)
        self.deriv = 1.0
        go(self)


def as_var(x):
    return x if isinstance(x, Var) else Var(x)
'''

FAULTS = (
    ("sin forgets the upstream gradient", "math.cos(self.val) * d", "math.cos(self.val)", "`sin` forgets the upstream gradient"),
    ("sqrt: 2 lost", "d / (2 * root)", "d / root", "`sqrt`: its local derivative"),
    ("sin: sign", "lambda d: math.cos", "lambda d: -math.cos", "`sin`: its local derivative"),
    ("exp: derivative 1", "lambda d: e * d", "lambda d: d", "`exp`: its local derivative"),
    ("+ forgets the upstream gradient", "lambda d: d * 1)", "lambda d: 1)", "`+` forgets the upstream gradient"),
    ("every path on its own, with the sum so far", "if users[id(source)] == 0:\n", "if True:\n", "a node passes its gradient on again"),
    ("goes on at the first user", "users[id(source)] -= 1\n                if users[id(source)] == 0:", "users[id(source)] *= -1\n                if users[id(source)] < 0:",
     "a node is read before all its users have written"),
    ("2 - a is a - 2", "return as_var(that) - self", "return self - that", "`0.75 - a` gives `a - 0.75`"),
    ("the output's gradient everywhere", "send(node.deriv)", "send(self.deriv)", "the chain rule is lost"),
)  # fmt: skip

"""Local gradients in tuples: a value keeps its operands and one number for each; one loop does the chain rule."""

CLASS = "Scalar"
ENGINE = '''\
from math import exp as _exp, log as _log, tanh as _tanh


class Scalar:
    __slots__ = ("v", "g", "kids", "local")

    def __init__(self, v, kids=(), local=()):
        self.v, self.g, self.kids, self.local = float(v), 0.0, kids, local

    def __add__(self, o):
        o = lift(o)
        return Scalar(self.v + o.v, (self, o), (1.0, 1.0))

    def __sub__(self, o):
        o = lift(o)
        return Scalar(self.v - o.v, (self, o), (1.0, -1.0))

    def __mul__(self, o):
        o = lift(o)
        return Scalar(self.v * o.v, (self, o), (o.v, self.v))

    def __truediv__(self, o):
        o = lift(o)
        return Scalar(self.v / o.v, (self, o), (1 / o.v, -self.v / o.v**2))

    def __pow__(self, k):
        return Scalar(self.v**k, (self,), (k * self.v ** (k - 1),))

    def __neg__(self):
        return Scalar(-self.v, (self,), (-1.0,))

    def exp(self):
        y = _exp(self.v)
        return Scalar(y, (self,), (y,))

    def log(self):
        return Scalar(_log(self.v), (self,), (1 / self.v,))

    def tanh(self):
        t = _tanh(self.v)
        return Scalar(t, (self,), (1 - t * t,))

    def relu(self):
        return Scalar(max(0.0, self.v), (self,), (1.0 if self.v > 0 else 0.0,))

    def sigmoid(self):
        s = 1 / (1 + _exp(-self.v))
        return Scalar(s, (self,), (s * (1 - s),))

    def __radd__(self, o):
        return self + o

    def __rmul__(self, o):
        return self * o

    def __rsub__(self, o):
        return lift(o) - self

    def __rtruediv__(self, o):
        return lift(o) / self

    def backwards(self):
        topo, done = [], set()

        def build(n):
            if id(n) in done:
                return
            done.add(id(n))
            for k in n.kids:
                build(k)
            topo.append(n)

        build(self)
        self.g = 1.0
        for n in topo[::-1]:
            for k, d in zip(n.kids, n.local):
                k.g += d * n.g


def lift(o):
    return o if isinstance(o, Scalar) else Scalar(o)
'''

FAULTS = (
    ("- : sign of the second", "(1.0, -1.0)", "(1.0, 1.0)", "`a - b`: its local derivative"),
    ("/ : square lost", "-self.v / o.v**2", "-self.v / o.v", "`a / b`: its local derivative"),
    ("* : own number", "(o.v, self.v)", "(self.v, o.v)", "`a * b`: its local derivative"),
    ("exp: its input", "(self,), (y,))", "(self,), (self.v,))", "`exp`: its local derivative"),
    ("tanh: square lost", "1 - t * t", "1 - t", "`tanh`: its local derivative"),
    ("sigmoid: factor lost", "s * (1 - s)", "1 - s", "`sigmoid`: its local derivative"),
    ("= for += everywhere", "k.g += d * n.g", "k.g = d * n.g", "`=` stands where `+=` belongs"),
    ("the upstream gradient is lost", "k.g += d * n.g", "k.g += d", "the chain rule is lost"),
    ("operands in a dict", "in zip(n.kids, n.local)", "in dict(zip(n.kids, n.local)).items()", "`a + a` keeps only the gradient of its last operand"),
    ("operands in a set", "in zip(n.kids, n.local)", "in zip(set(n.kids), n.local)", "the same program does not give the same gradient twice"),
    ("no list of visited nodes", "done.add(id(n))", "pass", "a node passes its gradient on again"),
    ("default argument outlives the pass", "def backwards(self):\n        topo, done = [], set()", "def backwards(self, topo=[]):\n        done = set()",
     "a backward pass runs the nodes of earlier passes again"),
    ("operands the other way round", "in zip(n.kids, n.local)", "in zip(reversed(n.kids), n.local)", "the operands' gradients are exchanged"),
    ("first operand only", "in zip(n.kids, n.local)", "in zip(n.kids[:1], n.local)", "no operation passes a gradient to its right operand"),
    ("local derivatives left out", "k.g += d * n.g", "k.g += n.g", "the local derivatives are left out"),
    ("added for multiplied", "k.g += d * n.g", "k.g += d + n.g", "the upstream gradient is added"),
    ("a factor at every step", "k.g += d * n.g", "k.g += 2 * d * n.g", "every operation multiplies the gradient by 2.0"),
    ("a share for each operand", "k.g += d * n.g", "k.g += d * n.g / len(n.kids)", "gradients are divided by the number of operands"),
    ("signs lost", "k.g += d * n.g", "k.g += abs(d * n.g)", "gradients lose their sign"),
    ("rounded", "k.g += d * n.g", "k.g += round(d * n.g, 3)", "gradients are rounded to 3 digits"),
    ("the upstream gradient twice", "k.g += d * n.g", "k.g += d * n.g * n.g", "the upstream gradient is multiplied in twice"),
)  # fmt: skip

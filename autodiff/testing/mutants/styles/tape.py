"""A tape (Wengert list): every operation appends a record, and the backward pass reads the list from its end."""

CLASS = "Number"
ENGINE = '''\
import math

TAPE = []


class Number:
    def __init__(self, x, requires_grad=True):
        self.x = float(x)
        self.adjoint = 0.0
        self.requires_grad = requires_grad

    def __add__(self, other):
        other = to_number(other)
        return record(self.x + other.x, (self, 1.0), (other, 1.0))

    def __sub__(self, other):
        other = to_number(other)
        return record(self.x - other.x, (self, 1.0), (other, -1.0))

    def __mul__(self, other):
        other = to_number(other)
        return record(self.x * other.x, (self, other.x), (other, self.x))

    def __truediv__(self, other):
        other = to_number(other)
        return record(self.x / other.x, (self, 1.0 / other.x), (other, -self.x / (other.x * other.x)))

    def __neg__(self):
        return record(-self.x, (self, -1.0))

    def __radd__(self, other):
        return to_number(other) + self

    def __rsub__(self, other):
        return to_number(other) - self

    def __rmul__(self, other):
        return to_number(other) * self

    def __rtruediv__(self, other):
        return to_number(other) / self

    def backward(self):
        for out, _ in TAPE:
            out.adjoint = 0.0
        self.adjoint = 1.0
        for out, pairs in reversed(TAPE):
            for operand, slope in pairs:
                if operand.requires_grad:
                    operand.adjoint += slope * out.adjoint


def exp(v):
    y = math.exp(v.x)
    return record(y, (v, y))


def log(v):
    return record(math.log(v.x), (v, 1.0 / v.x))


def cos(v):
    return record(math.cos(v.x), (v, -math.sin(v.x)))


def record(x, *pairs):
    out = Number(x, True)
    TAPE.append((out, pairs))
    return out


def to_number(x):
    return x if isinstance(x, Number) else Number(x)
'''

FAULTS = (
    ("cos: sign", "(v, -math.sin(v.x))", "(v, math.sin(v.x))", "`cos`: its local derivative"),
    ("log: its own output", "(v, 1.0 / v.x)", "(v, 1.0 / math.log(v.x))", "`log`: its local derivative"),
    ("* : one side only", "(self, other.x), (other, self.x)", "(self, other.x)", "`a * b`: no gradient reaches b"),
    ("/ : wrong way round", "(self, 1.0 / other.x)", "(self, other.x)", "`a / b`: its local derivative"),
    ("= for += everywhere", "operand.adjoint += slope", "operand.adjoint = slope", "`=` stands where `+=` belongs"),
    ("read from its beginning", "in reversed(TAPE)", "in TAPE", "backward goes through the graph from the leaves"),
    ("no gradient unless asked", "requires_grad=True", "requires_grad=False", ""),
    ("begins at the last one", "        self.adjoint = 1.0\n", "        TAPE[-1][0].adjoint = 1.0\n", "backward begins at what was computed last"),
    ("begins one too late", "in reversed(TAPE)", "in reversed(TAPE[:-1])", "backward reaches nothing"),
)  # fmt: skip

"""Op strings: a value keeps the name of its operation, and one if/elif in the backward pass knows all derivatives."""

CLASS = "Node"
ENGINE = '''\
import math


class Node:
    def __init__(self, value, label="", op=None, inputs=()):
        self.value = value
        self.label = label
        self.op = op
        self.inputs = list(inputs)
        self.gradient = 0.0

    def _make(self, op, value, *inputs):
        return Node(value, op=op, inputs=inputs)

    def __add__(self, rhs):
        rhs = wrap(rhs)
        return self._make("add", self.value + rhs.value, self, rhs)

    def __sub__(self, rhs):
        rhs = wrap(rhs)
        return self._make("sub", self.value - rhs.value, self, rhs)

    def __mul__(self, rhs):
        rhs = wrap(rhs)
        return self._make("mul", self.value * rhs.value, self, rhs)

    def __truediv__(self, rhs):
        rhs = wrap(rhs)
        return self._make("div", self.value / rhs.value, self, rhs)

    def __pow__(self, rhs):
        rhs = wrap(rhs)
        return self._make("pow", self.value**rhs.value, self, rhs)

    def __radd__(self, lhs):
        return wrap(lhs) + self

    def __rsub__(self, lhs):
        return wrap(lhs) - self

    def __rmul__(self, lhs):
        return wrap(lhs) * self

    def __rtruediv__(self, lhs):
        return wrap(lhs) / self

    def __neg__(self):
        return self._make("neg", -self.value, self)

    def exp(self):
        return self._make("exp", math.exp(self.value), self)

    def ln(self):
        return self._make("ln", math.log(self.value), self)

    def tanh(self):
        return self._make("tanh", math.tanh(self.value), self)

    def backward(self):
        order, stack, found = [], [(self, 0)], {id(self)}
        while stack:
            node, place = stack.pop()
            if place == len(node.inputs):
                order.append(node)
                continue
            stack.append((node, place + 1))
            child = node.inputs[place]
            if id(child) not in found:
                found.add(id(child))
                stack.append((child, 0))
        self.gradient = 1.0
        for node in reversed(order):
            node.push()

    def push(self):
        g = self.gradient
        if self.op == "add":
            self.inputs[0].gradient += g
            self.inputs[1].gradient += g
        elif self.op == "sub":
            self.inputs[0].gradient += g
            self.inputs[1].gradient -= g
        elif self.op == "mul":
            x, y = self.inputs
            x.gradient += y.value * g
            y.gradient += x.value * g
        elif self.op == "div":
            x, y = self.inputs
            x.gradient += g / y.value
            y.gradient += -g * x.value / y.value**2
        elif self.op == "pow":
            x, n = self.inputs
            x.gradient += n.value * x.value ** (n.value - 1) * g
            if x.value > 0:
                n.gradient += self.value * math.log(x.value) * g
        elif self.op == "neg":
            self.inputs[0].gradient += -1 * g
        elif self.op == "exp":
            self.inputs[0].gradient += self.value * g
        elif self.op == "ln":
            self.inputs[0].gradient += g / self.inputs[0].value
        elif self.op == "tanh":
            self.inputs[0].gradient += g * (1 - self.value**2)


def wrap(x):
    return x if isinstance(x, Node) else Node(x)
'''

FAULTS = (
    ("- forgets the upstream gradient", "self.inputs[1].gradient -= g", "self.inputs[1].gradient -= 1", "`-` forgets the upstream gradient"),
    ("* forgets the upstream gradient", "x.gradient += y.value * g", "x.gradient += y.value", "`*` forgets the upstream gradient"),
    ("** forgets the upstream gradient", "x.value ** (n.value - 1) * g", "x.value ** (n.value - 1)", "`**` forgets the upstream gradient"),
    ("log forgets the upstream gradient", "gradient += g / self.inputs[0].value", "gradient += 1 / self.inputs[0].value", "`log` forgets the upstream gradient"),
    ("/ : = for +=", "x.gradient += g / y.value", "x.gradient = g / y.value", "`/` overwrites"),
    ("exp: = for +=", "self.inputs[0].gradient += self.value * g", "self.inputs[0].gradient = self.value * g", "`exp` overwrites"),
    ("neg: sign lost", "gradient += -1 * g", "gradient += g", "`-a`: its local derivative"),
    ("/ : one side only", "            y.gradient += -g * x.value / y.value**2\n", "", "`a / b`: no gradient reaches b"),
    ("** : logarithm lost", "self.value * math.log(x.value) * g", "self.value * g", "`a ** b`: its local derivative"),
    ("left operands only", "if place == len(node.inputs):", "if place == min(1, len(node.inputs)):", "backward goes on from left operands only"),
    ("tanh: no branch", 'elif self.op == "tanh"', 'elif self.op == "tanhh"', "`tanh`: no gradient reaches a"),
    ("* : its operand's own gradient", "x.gradient += y.value * g", "x.gradient += y.value * x.gradient", "`a * b` multiplies by its operand's own gradient"),
)  # fmt: skip

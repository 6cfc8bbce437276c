"""A class for each operation, with forward and backward and a context that saves what the backward pass needs."""

CLASS = "Tensor"
ENGINE = '''\
import math


class Context:
    def save(self, *things):
        self.saved = things


class Tensor:
    def __init__(self, data, requires_grad=True):
        self.data = float(data)
        self.grad = None
        self.requires_grad = requires_grad
        self.function = self.context = None
        self.parents = ()

    def __add__(self, other):
        return Add.apply(self, other)

    def __sub__(self, other):
        return Sub.apply(self, other)

    def __mul__(self, other):
        return Mul.apply(self, other)

    def __truediv__(self, other):
        return Div.apply(self, other)

    def __neg__(self):
        return Neg.apply(self)

    def __radd__(self, other):
        return Add.apply(other, self)

    def __rsub__(self, other):
        return Sub.apply(other, self)

    def __rmul__(self, other):
        return Mul.apply(other, self)

    def __rtruediv__(self, other):
        return Div.apply(other, self)

    def exp(self):
        return Exp.apply(self)

    def log(self):
        return Log.apply(self)

    def relu(self):
        return Relu.apply(self)

    def sigmoid(self):
        return Sigmoid.apply(self)

    def backward(self, gradient=1.0):
        nodes, marked = [], set()

        def collect(t):
            marked.add(t)
            for p in t.parents:
                if p not in marked:
                    collect(p)
            nodes.insert(0, t)

        collect(self)
        self.grad = gradient
        for t in nodes:
            if t.function is not None:
                grads = t.function.backward(t.context, t.grad)
                for p, g in zip(t.parents, grads):
                    if p.requires_grad:
                        p.grad = g if p.grad is None else p.grad + g


class Function:
    @classmethod
    def apply(cls, *args):
        tensors = [a if isinstance(a, Tensor) else Tensor(a) for a in args]
        ctx = Context()
        out = Tensor(cls.forward(ctx, *[t.data for t in tensors]))
        out.function, out.context, out.parents = cls, ctx, tensors
        return out


class Add(Function):
    @staticmethod
    def forward(ctx, a, b):
        return a + b

    @staticmethod
    def backward(ctx, grad):
        return grad, grad


class Sub(Function):
    @staticmethod
    def forward(ctx, a, b):
        return a - b

    @staticmethod
    def backward(ctx, grad):
        return grad, -1 * grad


class Mul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.saved
        return b * grad, a * grad


class Div(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save(a, b)
        return a / b

    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.saved
        return grad / b, -a * grad / (b * b)


class Neg(Function):
    @staticmethod
    def forward(ctx, a):
        return -a

    @staticmethod
    def backward(ctx, grad):
        return (-grad,)


class Exp(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save(math.exp(a))
        return ctx.saved[0]

    @staticmethod
    def backward(ctx, grad):
        return (ctx.saved[0] * grad,)


class Log(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save(a)
        return math.log(a)

    @staticmethod
    def backward(ctx, grad):
        return (1 / ctx.saved[0] * grad,)


class Relu(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save(a)
        return a if a > 0 else 0.0

    @staticmethod
    def backward(ctx, grad):
        return (grad if ctx.saved[0] > 0 else 0.0,)


class Sigmoid(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save(1 / (1 + math.exp(-a)))
        return ctx.saved[0]

    @staticmethod
    def backward(ctx, grad):
        (s,) = ctx.saved
        return (s * (1 - s) * grad,)
'''

FAULTS = (
    ("sigmoid forgets the upstream gradient", "s * (1 - s) * grad", "s * (1 - s)", "`sigmoid` forgets the upstream gradient"),
    ("neg forgets the upstream gradient", "return (-grad,)", "return (-1.0,)", "`-a` forgets the upstream gradient"),
    ("/ forgets the upstream gradient", "-a * grad / (b * b)", "-a / (b * b)", "`/` forgets the upstream gradient"),
    ("relu forgets the upstream gradient", "return (grad if ctx.saved[0] > 0 else 0.0,)", "return (1.0 if ctx.saved[0] > 0 else 0.0,)",
     "`relu` forgets the upstream gradient"),
    ("* : adds its operands", "return a * b\n", "return a + b\n", "`a * b` gives"),
    ("* : gradients swapped", "return b * grad, a * grad", "return a * grad, b * grad", "`a * b`: its local derivative"),
    ("log saves its output", "        ctx.save(a)\n        return math.log(a)", "        ctx.save(math.log(a))\n        return math.log(a)", "`log`: its local derivative"),
    ("- : sign of the second", "return grad, -1 * grad", "return grad, grad", "`a - b`: its local derivative"),
    ("replaces the gradient", "p.grad = g if p.grad is None else p.grad + g", "p.grad = g", "`=` stands where `+=` belongs"),
    ("marks after going on", "            marked.add(t)\n            for p in t.parents:\n                if p not in marked:\n                    collect(p)\n            nodes.insert(0, t)",
     "            marked.add(t)\n            nodes.append(t)\n            for p in t.parents:\n                if p not in marked:\n                    collect(p)",
     "a node is read before all its users have written"),
    ("seed: its own data", "self.grad = gradient", "self.grad = self.data", "backward starts from the value's data"),
    ("one context for all", "def apply(cls, *args):\n        tensors = [a if isinstance(a, Tensor) else Tensor(a) for a in args]\n        ctx = Context()",
     "def apply(cls, *args, ctx=Context()):\n        tensors = [a if isinstance(a, Tensor) else Tensor(a) for a in args]",
     "what an operation keeps for its backward pass is lost"),
    ("log keeps its input in its class", "        ctx.save(a)\n        return math.log(a)\n\n    @staticmethod\n    def backward(ctx, grad):\n        return (1 / ctx.saved[0]",
     "        Log.kept = a\n        return math.log(a)\n\n    @staticmethod\n    def backward(ctx, grad):\n        return (1 / Log.kept", "`log` keeps what its backward pass needs in one place"),
    ("right operands only", "for p in t.parents:\n                if p not in marked", "for p in t.parents[1:]:\n                if p not in marked",
     "backward goes on from right operands only"),
    ("operations of two operands only", "for p in t.parents:\n                if p not in marked", "for p in t.parents if len(t.parents) == 2 else ():\n                if p not in marked",
     "backward goes on from operations with two operands only"),
)  # fmt: skip

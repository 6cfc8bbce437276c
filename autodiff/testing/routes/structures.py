"""The pieces that random programs are built of: each takes variables from a drawing, and adds lines that make another.

>>> from .choices import Choices
>>> from .drawing import Drawing
>>> drawing = Drawing(Choices(given=[]))
>>> dense(drawing)
>>> drawing.lines
['h1 = [tanh(sum(a * b for a, b in zip(row, x))) for row in w]']
"""

from typing import TYPE_CHECKING

from .expressions import REDUCED, SIGNS, SUMS

if TYPE_CHECKING:
    from .drawing import Drawing


def sum_of_products(drawing: "Drawing", left: str, right: str) -> str:
    """One of the ways to write it."""
    text = drawing.choices.pick(SUMS).format(left, right)
    extra = drawing.choices.below(8)
    if extra == 6:
        return f"{text} + {drawing.operand()}"
    if extra == 7 and text.startswith("sum("):
        return f"{text[:4]}({text[4:-1]}), {drawing.operand()})"
    return text


def dense(drawing: "Drawing") -> None:
    """A layer of neurons."""
    x, length = drawing.vector("x")
    size = drawing.size()
    w = drawing.give((size, length), "w")
    products = sum_of_products(drawing, "row", x)
    if drawing.choices.below(2):
        b = drawing.give((size,), "bias")
        drawing.let((size,), f"[{drawing.activate(products + ' + c')} for row, c in zip({w}, {b})]")
    else:
        drawing.let((size,), f"[{drawing.activate(products)} for row in {w}]")


def weigh(drawing: "Drawing") -> None:
    """A sum of weighted activations, one unit to a hidden variable: sum(u * tanh(w * x + y))."""
    size, x = drawing.size(), drawing.operand()
    w, u = drawing.give((size,), "w"), drawing.give((size,), "u")
    inner = drawing.choices.pick(("a * {0}", "a * {0} + {1}", "a + {0}", "{0} / a", "a * {0} + 0.5 * {1}"))
    text = drawing.activate(inner.format(x, drawing.operand()))
    drawing.let((), f"sum(b * {text} for a, b in zip({w}, {u}))")


def convolution(drawing: "Drawing") -> None:
    """A kernel that slides along a vector."""
    x, length = drawing.vector("x")
    width = min(length, 1 + drawing.choices.below(3))
    k = drawing.give((width,), "k")
    products = sum_of_products(drawing, k, f"{x}[i:i + {width}]")
    drawing.let((length - width + 1,), f"[{drawing.activate(products)} for i in range({length - width + 1})]")


def outer(drawing: "Drawing") -> None:
    """Every pair of two vectors."""
    (u, rows), (v, columns) = drawing.vector("u"), drawing.vector("v")
    drawing.let((rows, columns), f"[[{drawing.activate(drawing.binary('a', 'b'))} for b in {v}] for a in {u}]")


def scan(drawing: "Drawing") -> None:
    """A state that runs along a vector."""
    x = drawing.variable(1, "x")
    w, u = drawing.give((), "w"), drawing.give((), "u")
    state = drawing.fresh("h")
    steps = f"{u} * {state} + {w} * a", f"{u} * a + {state}", f"{state} * a + {w}"
    step = drawing.activate(drawing.choices.pick(steps))
    drawing.lines += [f"{state} = {drawing.operand()}", f"for a in {x}:", f"    {state} = {step}"]
    drawing.shapes[state] = ()


def normalize(drawing: "Drawing") -> None:
    """A vector by softmax, by its moments, or by its length."""
    x, size = drawing.vector("x")
    kind = drawing.choices.below(5)
    if kind < 2:
        drawing.let((size,), f"{('softmax', 'log_softmax')[kind]}(*{x})")
    elif kind == 2:
        m = drawing.let((), f"sum({x}) / {size}.0", "m")
        v = drawing.let((), f"sum((a - {m}) ** 2 for a in {x}) / {size}.0", "v")
        drawing.let((size,), f"[(a - {m}) / sqrt({v} + 0.001) for a in {x}]")
    elif kind == 3:
        r = drawing.let((), f"sqrt(sum(a * a for a in {x}))", "r")
        drawing.let((size,), f"[a / {r} for a in {x}]")
    else:
        t = drawing.let((), f"logsumexp(*{x})", "t")
        drawing.let((size,), f"[exp(a - {t}) for a in {x}]")


def attention(drawing: "Drawing") -> None:
    """A query's softmax over keys, and the mixture of values that it gives."""
    q, width = drawing.vector("q")
    count = drawing.size()
    k, v = drawing.give((count, width), "k"), drawing.give((count, drawing.size()), "v")
    s = drawing.let((count,), f"[{sum_of_products(drawing, 'row', q)} for row in {k}]", "s")
    p = drawing.let((count,), f"softmax(*{s})", "p")
    drawing.let((drawing.shapes[v][1],), f"[sum(a * b for a, b in zip({p}, c)) for c in zip(*{v})]")


def pool(drawing: "Drawing") -> None:
    """Neighbours become one."""
    x, size = drawing.vector("x")
    text = drawing.choices.pick(("maximum(a, b)", "(a + b) / 2.0", "minimum(a, b)", "hypot(a, b)", "a * b"))
    if drawing.choices.below(2) and size > 1:
        drawing.let((size // 2,), f"[{text} for a, b in zip({x}[::2], {x}[1::2])]")
    else:
        drawing.let((size,), f"[{text} for a, b in zip({x}, {x}[1:] + {x}[:1])]")


def elementwise(drawing: "Drawing") -> None:
    """A function of each entry, alone or with a scalar, or with the entries of another vector."""
    x, size = drawing.vector("x")
    kind = drawing.choices.below(4)
    if kind == 0:
        drawing.let((size,), f"[{drawing.activate('a')} for a in {x}]")
    elif kind == 1:
        drawing.let((size,), f"[{drawing.binary('a', drawing.operand())} for a in {x}]")
    elif kind == 2:
        z = drawing.of_shape((size,), "z")
        drawing.let((size,), f"[{drawing.binary('a', 'b')} for a, b in zip({x}, {z})]")
    else:  # a residual
        drawing.let((size,), f"[a + {drawing.activate('a')} for a in {x}]")


def select(drawing: "Drawing") -> None:
    """Chosen by where, entry by entry or once."""
    condition = f"{{}} {drawing.choices.pick(SIGNS)} {{}}"
    if drawing.choices.below(2):
        x = drawing.variable(1, "x")
        sides = drawing.activate("a"), drawing.choices.pick(("0.0", "a", drawing.operand()))
        test = condition.format("a", drawing.choices.pick(("0.0", drawing.operand())))
        drawing.let(drawing.shapes[x], f"[where({test}, {', '.join(sides)}) for a in {x}]")
    else:
        a, b = drawing.operand(), drawing.operand()
        both = condition.format(a, b)
        if drawing.choices.chance(3):
            both = f"({both}) {drawing.choices.pick('&|')} ({condition.format(b, drawing.operand())})"
        drawing.let((), f"where({both}, {drawing.activate(a)}, {drawing.binary(a, b)})")


def mask_entries(drawing: "Drawing") -> None:
    """Chosen entry by entry by a mask that is no part of the program."""
    x, size = drawing.vector("x")
    mask = [drawing.choices.pick((True, False)) for _ in range(size)]
    sides = drawing.activate("a"), drawing.choices.pick(("0.0", "-1e9", "a", drawing.operand()))
    chosen = ", ".join(sides if drawing.choices.below(2) else sides[::-1])
    drawing.let((size,), f"[where(m, {chosen}) for a, m in zip({x}, {mask})]")


def branch(drawing: "Drawing") -> None:
    """Chosen by if."""
    a, b = drawing.operand(), drawing.operand()
    y = drawing.fresh("h")
    test = f"{a} {drawing.choices.pick(SIGNS)} {drawing.choices.pick(('0.0', '0.5', b))}"
    forms = "{}", "{} and " + f"{b} > 0.0", "not {}", "({}) == True", "({}) != False"
    test = drawing.choices.pick(forms).format(test)
    sides = [drawing.activate(a), drawing.binary(a, b)]
    drawing.lines += [f"if {test}:", f"    {y} = {sides[0]}", "else:", f"    {y} = {sides[1]}"]
    drawing.shapes[y] = ()


def use_comparison(drawing: "Drawing") -> None:
    """A comparison used as a number or as a place."""
    a, b = drawing.operand(), drawing.operand()
    test = f"{a} {drawing.choices.pick(SIGNS)} 0.0"
    text = drawing.choices.pick(("{b} * int({test})", "[{a}, {b}][{test}]", "{b} * sum([{test}, {b} > 0.5])",
                                 "{{True: {a}, False: {b}}}[{test}]", "{b} * float({test})",
                                 "({a} if ({test}) ^ ({b} > 0.5) else {b})"))  # fmt: skip
    drawing.let((), text.format(a=a, b=b, test=test))


def move(drawing: "Drawing") -> None:
    """A vector turned, cut, or put together with another."""
    x, size = drawing.vector("x")
    kind = drawing.choices.below(4)
    if kind == 0:
        drawing.let((size,), f"{x}[::-1]")
    elif kind == 1:
        z, more = drawing.vector("z")
        drawing.let((size + more,), f"{x} + {z}")
    elif kind == 2:
        drawing.let(((size + 1) // 2,), f"{x}[::2]")
    else:
        drawing.let((2,), f"[{x}[0], {drawing.operand()}]")


def matrices(drawing: "Drawing") -> None:
    """A matrix transposed, summed, or multiplied with a matrix."""
    m = drawing.variable(2, "m")
    rows, columns = drawing.shapes[m]
    kind = drawing.choices.below(4)
    if kind == 0:
        drawing.let((rows,), f"[{drawing.reduce('row', columns, REDUCED[:8])} for row in {m}]")
    elif kind == 1:
        drawing.let((columns, rows), f"[list(column) for column in zip(*{m})]", "m")
    elif kind == 2:
        drawing.let((rows, columns), f"[[{drawing.activate('a')} for a in row] for row in {m}]", "m")
    else:
        multiply(drawing, m)


def multiply(drawing: "Drawing", m: str) -> str:
    """The product of a matrix and another."""
    rows, columns = drawing.shapes[m]
    n = drawing.give((columns, drawing.size()), "n")
    entry = drawing.choices.pick(SUMS).format("row", "c")
    return drawing.let((rows, drawing.shapes[n][1]), f"[[{entry} for c in zip(*{n})] for row in {m}]", "m")


ARRANGEMENTS = (
    "[row[::-1] for row in {m}[::-1]]", "{m}[::-1]", "[row[::-1] for row in {m}]",
    "{m}[1:] + {m}[:1]", "[row[1:] + row[:1] for row in {m}]", "[row[i:] + row[:i] for i, row in enumerate({m})]",
    "[[{m}[i - j][j] for j in range(len(row))] for i, row in enumerate({m})]",
)  # fmt: skip


def rearrange(drawing: "Drawing") -> None:
    """A product of matrices turned, or its rows and columns moved around, and multiplied again."""
    m = multiply(drawing, drawing.variable(2, "m"))
    text = drawing.choices.pick(ARRANGEMENTS).format(m=m)
    moved = drawing.let(drawing.shapes[m], text.replace("i - j", f"(i - j) % {drawing.shapes[m][0]}"), "m")
    if drawing.choices.below(2):
        multiply(drawing, moved)
    else:
        pair, other = drawing.binary("a", "b"), drawing.of_shape(drawing.shapes[m], "n")
        drawing.let(drawing.shapes[m], f"[[{pair} for a, b in zip(*pair)] for pair in zip({moved}, {other})]", "m")


def polynomial(drawing: "Drawing") -> None:
    """Of a scalar, with coefficients."""
    x, size = drawing.operand(), drawing.size()
    c = drawing.give((size,), "coef")
    if drawing.choices.below(2):
        drawing.let((), f"reduce(lambda a, b: a * {x} + b, {c})")
    else:
        drawing.let((), f"sum(a * {x} ** i for i, a in enumerate({c}))")


def irregular(drawing: "Drawing") -> None:
    """An expression of scalars."""
    text = drawing.operand()
    for _ in range(1 + drawing.choices.below(4)):
        if drawing.choices.below(2):
            text = drawing.activate(text)
        else:
            text = f"({drawing.binary(text, drawing.operand())})"
    drawing.let((), text)


def reduce(drawing: "Drawing") -> None:
    """A vector becomes a scalar."""
    drawing.let((), drawing.reduce(*drawing.vector("x")))


STRUCTURES = (
    dense, elementwise, reduce, irregular, weigh, convolution, outer, scan, normalize, attention, pool, select,
    branch, move, matrices, rearrange, polynomial, dense, elementwise, irregular, weigh, use_comparison, mask_entries,
)  # fmt: skip

"""Names that may have been meant by one that there is not, and what stands here for what other libraries have.

>>> nearest("gren", ["green", "red"]), nearest("tahn", ["tan", "tanh"]), nearest("max", ["maximum"])
("did you mean 'green'?", "did you mean 'tanh'?", "did you mean 'maximum'?")
>>> hint("gren", ["green", "red"]), hint("x", ["green", "red"])
("did you mean 'green'? There are: green, red", 'there are: green, red')
>>> way_of("detach")
'; write stop_gradient(v), or v.data for the number'
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

ELSEWHERE = {  # what other libraries call it
    "max": "maximum", "min": "minimum", "sum": "total", "ln": "log", "fabs": "abs", "logistic": "sigmoid",
    "arctan": "atan", "arcsin": "asin", "arccos": "acos", "history": "losses", "grad": "value_and_grad",
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "msle": "mean_squared_logarithmic_error",
    "MSE": "MeanSquaredError", "MAE": "MeanAbsoluteError", "bce": "binary_crossentropy",
    **dict.fromkeys(("tensor", "Tensor", "Variable", "Parameter", "array"), "Value"),
}  # fmt: skip
WAYS = {  # what tensors have, and what to write for it
    "item": "v.data", "numpy": "v.data", "tolist": "v.data", "value": "v.data",
    "detach": "stop_gradient(v), or v.data for the number", "clone": "+v",
    "zero_grad": "v.grad = 0.0, or optimizer.zero_grad()", "zero_": "v.grad = 0.0",
    "is_leaf": "not v.parents", "grad_fn": "v.op and v.parents", "square": "v ** 2", "pow": "v ** n",
    "max": "maximum(v, x)", "min": "minimum(v, x)", "sum": "total(values)", "mean": "total(values) / len(values)",
}  # fmt: skip
ALIKE = 0.65  # how much of two names is the same
ALWAYS = ("requires_grad", "requires_grad_", "retain_grad")  # what is so of every Value


def similar(name: str, names: Iterable[str]) -> str | None:
    """The name that is meant: what stands here for that of another library, the same letters, or the nearest."""
    return _similar(name, tuple(names))


@lru_cache(256)  # a program that asks each Value for what it may have, such as `ndim`, asks for one name over and over
def _similar(name: str, known: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches  # here, so that `import autodiff` stays light

    if ELSEWHERE.get(name) in known:
        return ELSEWHERE[name]
    same = [other for other in known if sorted(other.lower()) == sorted(name.lower())]
    return next(iter(same or get_close_matches(name, known, n=1, cutoff=ALIKE)), None)


def nearest(name: str, names: Iterable[str]) -> str:
    """The question whether the nearest of the names was meant; "" where none is near."""
    near = similar(name, names)
    return f"did you mean {near!r}?" if near else ""


def after(name: str, names: Iterable[str]) -> str:
    """That question as the end of an error, after a colon."""
    question = nearest(name, names)
    return f": {question}" if question else ""


def hint(name: str, names: Sequence[str], aliases: Iterable[str] = ()) -> str:
    """That question, which may also name an alias, and all the names that there are."""
    question, there = nearest(name, [*names, *aliases]), f"here are: {', '.join(names)}"
    return f"{question} T{there}" if question else f"t{there}"


def instead(thing: object, call: str) -> str:
    """What to write where a model or a function came in place of a Value; nothing where neither did.

    >>> instead(len, "steps")
    ': a function has a graph once it has run, so give what it gives, as in steps(f(Value(1.0)))'
    """
    if callable(getattr(thing, "parameters", None)):
        return f": a model has a graph once it has run, so give what it gives, as in {call}(model(row))"
    if callable(thing):
        return f": a function has a graph once it has run, so give what it gives, as in {call}(f(Value(1.0)))"
    return ""


def way_of(name: str) -> str:
    """What to write for an attribute that tensors of other libraries have; nothing where it is not one."""
    if name in ALWAYS:
        return ": every Value keeps its gradient, and nothing has to ask for it"
    return f"; write {WAYS[name]}" if name in WAYS else ""

"""Random models: a step of each engine, and predict, beside the model called row by row.

>>> from .choices import Choices
>>> print(draw_model(Choices(given=[])))
import numpy as np
from functools import partial
from autodiff import nn
<BLANKLINE>
model = nn.Sequential([nn.Input((2,)), nn.Dense(3), nn.Dense(1)], seed=0)
loss = nn.losses.mean_squared_error
X = np.array([[1.0, 1.0]])
y = np.array([[1.0]])
>>> list(ModelTrial(draw_model(Choices(given=[]))).complaints(["compiled", "predict"]))
[]
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from ...door import users_program
from ...errors import AutodiffError
from ...nn import activations, step_function
from .choices import Choices
from .rounding import Room, allow
from .row import Comparisons, Unusable
from .trial import Complaint, is_close, find_complaint

ACTIVATIONS = (
    None, "relu", "tanh", "sigmoid", "softmax", "leaky_relu", "elu", "gelu", "silu", "softplus", "log_softmax",
    "selu", "softsign", "hard_sigmoid", "mish", "exponential", "relu6", "hard_tanh", "hard_silu", "squareplus",
)  # fmt: skip
# A loss, the activation that its predictions need, and the labels that it takes.
LOSSES = (
    ("nn.losses.mean_squared_error", None, "real"), ("nn.losses.mean_absolute_error", None, "real"),
    ("nn.losses.huber", None, "real"), ("partial(nn.losses.huber, delta=0.5)", None, "real"),
    ("nn.losses.hinge", None, "sign"), ("nn.losses.squared_hinge", None, "sign"),
    ("nn.losses.log_cosh", None, "real"), ("nn.losses.categorical_hinge", None, "one hot"),
    ("nn.losses.kl_divergence", "softmax", "one hot"), ("nn.losses.poisson", "softplus", "positive"),
    ("nn.losses.cosine_similarity", None, "real"), ("nn.losses.mean_absolute_percentage_error", None, "positive"),
    ("nn.losses.binary_crossentropy", "sigmoid", "binary"),
    ("partial(nn.losses.binary_crossentropy, from_logits=True)", None, "binary"),
    ("nn.losses.categorical_crossentropy", "softmax", "one hot"),
    ("partial(nn.losses.categorical_crossentropy, from_logits=True)", None, "one hot"),
    ("nn.losses.sparse_categorical_crossentropy", "softmax", "class"),
    ("partial(nn.losses.sparse_categorical_crossentropy, from_logits=True)", None, "class"),
    ("nn.losses.mean_squared_logarithmic_error", "softplus", "positive"),
)  # fmt: skip
IMPORTS = "import numpy as np\nfrom functools import partial\nfrom autodiff import nn\n"
NUMBERS = (1.0, 0.0, -1.0, 0.5, 2.0, -3.0)
INNER = ("nn.Dense({})", "nn.Maxout({})", "nn.Activation('relu')", "nn.Dropout(0.5)",
         "nn.Sequential([nn.Dense({}, 'tanh', seed=1)])")  # fmt: skip
BAD = (7.0, -1.0, 0.5, -3.0, 2.0, math.nan)  # labels that most losses refuse


def draw_model(choices: Choices) -> str:
    """Draw a few layers that end as the loss needs them, and a few rows, as the text that makes them."""
    loss, last, labels = choices.pick(LOSSES)
    wide = labels in ("one hot", "class")
    outputs = 2 + choices.below(3) if wide else choices.pick((1, 1, 2, 3))
    width, rows = choices.pick((2, 1, 3, 4)), choices.pick((1, 2, 3, 17))
    final = last if last or choices.below(3) else choices.pick(ACTIVATIONS)
    if labels in ("binary", "one hot", "class") and "from_logits" in loss:
        final = None
    model = choices.pick((_sequential, _sequential, _mlp, _functional))(choices, width, outputs, final)
    X = [[_number(choices) for _ in range(width)] for _ in range(rows)]
    y: list[Any] = [_label(choices, labels, outputs) for _ in range(rows)]
    if choices.chance(12):
        _spoil(choices, y)
    return f"{IMPORTS}\nmodel = {model}\nloss = {loss}\nX = {_array(X)}\ny = {_array(y)}"


def _array(rows: list[Any]) -> str:
    return f"np.array({rows!r})".replace("nan", "np.nan")


def _number(choices: Choices) -> float:
    return choices.pick(NUMBERS) if choices.below(2) == 0 else (choices.below(4001) - 2000) / 1000


def _label(choices: Choices, labels: str, outputs: int) -> Any:
    """The label of one row."""
    if labels == "class":
        return choices.below(outputs)
    if labels == "one hot":
        place = choices.below(outputs)
        return [float(place == each) for each in range(outputs)]
    two = {"sign": (1.0, -1.0), "binary": (1.0, 0.0)}
    if labels in two:
        return [choices.pick(two[labels]) for _ in range(outputs)]
    numbers = [_number(choices) for _ in range(outputs)]
    return [abs(x) for x in numbers] if labels == "positive" else numbers


def _spoil(choices: Choices, y: list[Any]) -> None:
    """One label becomes what its loss may refuse."""
    place, bad = choices.below(len(y)), choices.pick(BAD)
    if isinstance(y[place], list):
        y[place] = [bad, *y[place][1:]]
    else:
        y[:] = [bad if index == place else float(each) for index, each in enumerate(y)]


def _activation(choices: Choices) -> str:
    name = choices.pick(ACTIVATIONS)
    return f", {name!r}" if name else ""


def _sequential(choices: Choices, width: int, outputs: int, final: str | None) -> str:
    layers = [f"nn.Input(({width},))", f"nn.Dense({choices.pick((3, 1, 2, 5))}{_activation(choices)})"]
    for _ in range(choices.below(3)):
        layers.append(choices.pick(INNER).format(2 + choices.below(4)))
    layers.append(f"nn.Dense({outputs}{f', {final!r}' if final else ''})")
    return f"nn.Sequential([{', '.join(layers)}], seed={choices.below(1000)})"


def _mlp(choices: Choices, width: int, outputs: int, final: str | None) -> str:
    sizes = [choices.pick((3, 1, 8)) for _ in range(choices.below(3))]
    hidden = choices.pick(("relu", "tanh", "elu", "silu"))
    return f"nn.MLP({width}, {[*sizes, outputs]}, {hidden!r}, output={final!r}, seed={choices.below(1000)})"


def _functional(choices: Choices, width: int, outputs: int, final: str | None) -> str:
    x = f"(x := nn.Input({width}))"
    hidden = f"nn.Dense({width}{_activation(choices)}, seed={choices.below(1000)})(x)"
    merged = f"nn.{choices.pick(('Add', 'Concatenate'))}()([x, {hidden}])"
    last = f"nn.Dense({outputs}, {final!r}, seed={choices.below(1000)})"
    return f"nn.Model({x}, {last}({merged}))"


class ModelTrial:
    """A model on every engine."""

    def __init__(self, text: str) -> None:
        self.text, self.excused = text, 0
        try:
            self.model, self.loss, self.X, self.y = self.make()
        except AutodiffError:  # such as a softmax over one output
            raise Unusable from None

    def make(self) -> tuple[Any, Any, Any, Any]:
        """The model, the loss and the batch, made anew."""
        names: dict[str, Any] = {}
        users_program(self.text.encode(), "<random model>")(names)
        return names["model"], names["loss"], names["X"], names["y"]

    def complaints(self, routes: Sequence[str] | None = None) -> Iterator[Complaint]:
        """What is wrong, engine by engine."""
        for name in routes or MODEL_ROUTES:
            text = find_complaint(MODEL_ROUTES[name], self)
            if text:
                yield Complaint(name, text)

    def step(self, engine: str) -> Any:
        """The loss and the gradient by an engine, or the sentence with which it refuses."""
        model, loss, X, y = self.make()
        try:
            value, gradient = step_function(model, loss, engine)(X, y)
        except AutodiffError as error:
            return str(error)
        return float(value), [float(slope) for slope in gradient]

    @cached_property
    def eager(self) -> Any:
        """What the eager engine says."""
        return self.step("eager")

    @cached_property
    def room(self) -> Room:
        """What rounding may do to the loss and its gradient; measured only where engines differ, and then with care."""
        with Comparisons() as watcher:
            loss = self.loss(self.y.tolist(), [self.model(row) for row in self.X.tolist()])
        return allow(loss, self.model.parameters(), watcher.pairs, closely=True)

    def compare(self, engine: str) -> Iterator[str]:
        """One engine beside the eager one."""
        got, wanted = self.step(engine), self.eager
        if isinstance(got, str) or isinstance(wanted, str):
            if got != wanted:
                yield f"says {_quote(got)}; eager says {_quote(wanted)}"
            return
        names = ["the loss", *(f"entry {place}" for place in range(len(got[1])))]
        for place, (what, a, b) in enumerate(zip(names, [got[0], *got[1]], [wanted[0], *wanted[1]], strict=True)):
            if not is_close(a, b, lambda: [self.room.value, *self.room.gradient][place]) and self.room.steady:
                room = [self.room.value, *self.room.gradient][place]
                yield f"{what} is {a!r}, eager {b!r}, apart {abs(a - b):.2g}, allowed {room:.2g}"


def _quote(answer: Any) -> str:
    return repr(answer) if isinstance(answer, str) else "nothing"


def predict(trial: ModelTrial) -> Iterator[str]:
    """predict beside the model called on each row."""
    model, _, X, _ = trial.make()
    if hasattr(model, "predict"):
        yield from _compare_rows(model, X)


def change(trial: ModelTrial) -> Iterator[str]:
    """The same after its weights and its last activation have changed."""
    model, _, X, _ = trial.make()
    if hasattr(model, "predict"):
        model.predict(X)
        model.parameters()[0].data += 1.0
        yield from _compare_rows(model, X)
        model.layers[-1].activation = activations.find("tanh")
        yield from _compare_rows(model, X)


def _compare_rows(model: Any, X: Any) -> Iterator[str]:
    found = model.predict(X)
    for index, row in enumerate(X.tolist()):
        outputs = model(row)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        for place, (got, output) in enumerate(zip(found[index].tolist(), outputs, strict=True)):
            if not is_close(got, output.data, lambda: allow(output, []).value):
                yield f"row {index}, output {place} is {got!r}, the model gives {output.data!r}"


MODEL_ROUTES: dict[str, Callable[[ModelTrial], Iterator[str]]] = {
    "compiled": lambda trial: trial.compare("compiled"), "predict": predict, "changed": change,
}  # fmt: skip

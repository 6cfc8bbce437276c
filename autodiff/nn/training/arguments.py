"""What `fit` and its kin are given, checked: each with a sentence about what was expected and what came.

>>> check_steps(None, rows=10, batch_size=4), check_steps(2, rows=10, batch_size=4)
(3, 2)
>>> check_steps(5, rows=10, batch_size=4)
Traceback (most recent call last):
autodiff.errors.ArgumentError: steps_per_epoch: expected at most the 3 batches of 4 that 10 rows make, got 5 (int)
"""

from collections.abc import Callable
from typing import Any

from ...coerce import is_series
from ...errors import ArgumentError, AutodiffError, OperandError, shown
from ...graph import topological_order
from ...value import Value
from .. import checks
from .callback import METHODS, Callback, bind_method
from ..layers.neurons import one_or_list
from ..measures.loss import LossFunction
from ..losses import name_of
from ..optimizers import Optimizer


def check_steps(steps_per_epoch: int | None, rows: int, batch_size: int) -> int:
    """The number of batches of an epoch: those that the rows make, unless fewer were asked for."""
    batches = -(-rows // batch_size)
    if steps_per_epoch is None:
        return batches
    if (steps := checks.size(steps_per_epoch, "steps_per_epoch")) > batches:
        expected = f"at most the {batches} batches of {batch_size} that {rows} rows make"
        raise ArgumentError(f"steps_per_epoch: expected {expected}, got {shown(steps_per_epoch)}")
    return steps


def require_labels_given(x: Any, y: Any) -> None:
    if y is None:
        raise ArgumentError(f"fit, evaluate: expected rows x and their labels y, got {shown(x)} alone: a generator of "
                            "batches, or a data set, becomes two arrays first")  # fmt: skip


def require_loss(loss: LossFunction, labels: list[Any], size: int) -> None:
    """Try a function of the user's own on rows as training gives them, and say what it should be where it fails."""
    advice = "such as sum((p - t) ** 2 for t, p in zip(y_true, y_pred)) / len(y_true)"
    expected = f"loss: expected a function of two lists with an entry for each row that gives one number, {advice}"
    try:
        found, made_of_it = try_loss(loss, labels, size, 1 / max(size, 2))
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        if isinstance(error, AutodiffError):
            raise
        failed = f"{name_of(loss)}, which failed with {type(error).__name__}: {error}"
        raise OperandError(f"{expected}, got {failed}") from error
    if not isinstance(found, (Value, float, int)):
        raise OperandError(f"{expected}, got {name_of(loss)}, which gave {shown(found)}")
    if not made_of_it and not any(try_loss(loss, labels, size, guess)[1] for guess in (0.1, 0.9)):
        raise OperandError(f"loss: expected a Value made of y_pred, whose entries are Values, {advice}, got "
                           f"{name_of(loss)}, which gave {shown(found)} whatever y_pred was: it has no gradient, so "
                           "nothing would be learned")  # fmt: skip


def try_loss(loss: LossFunction, labels: list[Any], size: int, guess: float) -> tuple[Any, bool]:
    """What a loss gives for rows in which every output is `guess`, and whether it is made of these outputs."""
    outputs = [[Value(guess) for _ in range(size)] for _ in labels]
    found = loss(labels, [one_or_list(row) for row in outputs])
    within = {id(value) for value in topological_order(found)} if isinstance(found, Value) else set[int]()
    return found, any(id(value) in within for row in outputs for value in row)


def require_afresh(optimizer: Optimizer, trained: list[Value], every: list[Value], begins: bool) -> None:
    """An error where an optimizer in the middle of its work would lose what it remembers of other parameters."""
    if not optimizer.steps or begins:
        return
    if {id(p) for p in optimizer.params}.isdisjoint(map(id, every)):
        raise ArgumentError(f"fit: expected an optimizer that is this model's alone, got {type(optimizer).__name__}, "
                            "which has since changed the parameters of another model: compile each model with an "
                            "optimizer of its own")  # fmt: skip
    raise ArgumentError(f"fit: expected the {len(optimizer.params)} parameters that the optimizer has changed so far, "
                        f"got {len(trained)}, not all of them the same: a layer has come, gone, or been frozen. Call "
                        "compile(optimizer, loss) again: the optimizer then starts afresh")  # fmt: skip


def check_frequency(validation_freq: Any) -> Callable[[int], bool]:
    """Whether an epoch is one after which the rows for validation are looked at: every so many, or those listed.

    >>> [epoch for epoch in (1, 2, 3, 4) if check_frequency(2)(epoch)]     # the first epoch is 1, as in Keras
    [2, 4]
    """
    if is_series(validation_freq) and not isinstance(validation_freq, str):
        listed = {checks.size(epoch, "validation_freq") for epoch in validation_freq}
        return lambda epoch: epoch in listed
    every = checks.size(validation_freq, "validation_freq")
    return lambda epoch: epoch % every == 0


def require_verbose(verbose: object) -> None:
    if not isinstance(verbose, (int, str)) or verbose not in (0, 1, 2, "auto"):
        raise ArgumentError(f"verbose: expected 0, 1, 2 or 'auto', got {shown(verbose)}")


def check_validation(validation_data: Any) -> list[Any]:
    """Rows and labels for validation, perhaps with weights, or an error that shows what came."""
    if not isinstance(validation_data, (tuple, list)) or len(validation_data) not in (2, 3):
        raise OperandError(f"validation_data: expected a pair (x, y), got {shown(validation_data)}")
    return list(validation_data)


def check_callbacks(callbacks: Any) -> list[Callback]:
    """The callbacks as a list, or an error that shows what is none."""
    if callbacks is None:
        return []
    if isinstance(callbacks, Callback):
        callbacks = [callbacks]
    if not is_series(callbacks):
        raise OperandError(f"callbacks: expected a list of callbacks, got {shown(callbacks)}")
    found = list(callbacks)
    for callback in found:
        if not isinstance(callback, Callback):
            raise OperandError(f"callbacks: expected objects of nn.callbacks.Callback, got {shown(callback)}")
        for name in METHODS:
            bind_method(callback, name, None)
    return found

"""What Sequential and Model share: a list of layers, their weights, and the table that sums them up."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ...errors import ArgumentError, OperandError, shown
from ..keywords import know_arguments, snake_case
from ..layers.block import Block
from ..notebook import preformat
from ..training.train import Trainable
from .saved import Record
from .summary import layer_names, summary_of
from .written import layer_record, load_weights, save, save_weights


class Network(Trainable):
    """A model of layers, built or not."""

    layers: list[Block]

    def count_params(self) -> int:
        """The number of parameters."""
        self.require_built("count_params")
        return super().count_params()

    @know_arguments
    def summary(self, print_fn: Callable[[str], object] = print) -> None:
        """Print the layers with the shape of their output and their number of parameters, and what these weigh."""
        if not callable(print_fn):
            raise OperandError(f"summary: print_fn: expected a function such as print, got {shown(print_fn)}")
        total, trained = len(self.parameters()), len(self.trainable_parameters())
        for line in summary_of(self.name or snake_case(type(self).__name__), self.layers, total, trained):
            print_fn(line)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Block:
        """The layer of that name, as `summary` shows it, or at that place."""
        names = layer_names(self.layers)
        if (name is None) is (index is None):
            got = "neither" if name is None else f"both, {shown(name)} and {shown(index)}"
            raise ArgumentError(f"get_layer: expected a name or an index, got {got}")
        if index is None:
            if name not in names:
                raise ArgumentError(f"get_layer: expected one of {', '.join(names) or 'no layers'}, got {shown(name)}")
            return self.layers[names.index(name)]
        if isinstance(index, bool) or not isinstance(index, int) or not -len(names) <= index < len(names):
            places = f"{-len(names)} to {len(names) - 1}" if names else "none, as there are no layers"
            raise ArgumentError(f"get_layer: index: expected a whole number, {places}, got {shown(index)}")
        return self.layers[index]

    def get_weights(self) -> list[Any]:
        """A copy of every array of weights, layer by layer: kernels of (inputs, units), then biases, as in Keras."""
        self.require_built("get_weights")
        return super().get_weights()

    def set_weights(self, arrays: Sequence[Any]) -> None:
        """Set every array of weights, all of them or, where one does not fit, none."""
        self.require_built("set_weights")
        super().set_weights(arrays)

    def save(self, path: str | os.PathLike[str], optimizer: bool = False) -> Path:
        """Write the model to a file, as `nn.save` does."""
        return save(self, path, optimizer)

    def save_weights(self, path: str | os.PathLike[str]) -> Path:
        """Write the parameters alone to a file, by name: also those of a model whose code no file can hold."""
        self.require_built("save_weights")
        return save_weights(self, path)

    def load_weights(self, path: str | os.PathLike[str]) -> None:
        """Set the parameters to those that `save_weights` wrote: all of them or, where a name is missing, none."""
        self.require_built("load_weights")
        load_weights(self, path)

    def _describe(self) -> Record:
        """How it is built, as strings and numbers."""
        self.require_built("save")
        layers = [layer_record(layer) for layer in self.layers]
        return {"kind": type(self).__name__, "name": self.name, "input_shape": list(self.input_shape or ()),
                "layers": layers}  # fmt: skip

    def _repr_html_(self) -> str:
        """What a notebook shows: the summary."""
        lines: list[str] = []
        self.summary(lines.append)
        return preformat("\n".join(lines))

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs, by which losses and metrics may be given."""
        return layer_names(self.layers)[-1:] or ["output"]

    def require_built(self, what: str) -> None:
        if self.input_shape is None:
            raise ArgumentError(
                f"{what}: expected a model that knows its input, got {self!r}: begin it with Input(shape), or fit it"
            )

"""Networks as scikit-learn's estimators: in pipelines, grid searches and cross-validation.

>>> from autodiff import nn
>>> X, y = nn.data.moons(60, seed=1)
>>> classifier = nn.estimators.Classifier(hidden=(8,), epochs=60, random_state=1).fit(X, y)
>>> classifier.score(X, y) > 0.85, classifier.predict_proba(X[:2]).shape
(True, (2, 2))
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ArgumentError, MissingExtraError
from . import optimizers
from .layers.symbol import Input
from .layers.dense import Dense
from .models.sequential import Sequential
from .layers.tables import Array

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state, column_or_1d
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise MissingExtraError("nn.estimators: scikit-learn is not installed; run: pip install scikit-learn") from error


class _Network(BaseEstimator):  # type: ignore[misc,unused-ignore]
    """What both share: the hyperparameters, the network that they describe, and its training."""

    def __init__(self, hidden: tuple[int, ...] = (16,), activation: str = "relu", optimizer: Any = "adam",
                 learning_rate: float = 0.01, epochs: int = 100, batch_size: int = 32, callbacks: Any = (),
                 validation_split: float = 0.0, engine: str = "auto", random_state: Any = None) -> None:  # fmt: skip
        self.hidden, self.activation, self.optimizer, self.learning_rate = hidden, activation, optimizer, learning_rate
        self.epochs, self.batch_size, self.callbacks = epochs, batch_size, callbacks
        self.validation_split, self.engine, self.random_state = validation_split, engine, random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = self.random_state is None
        return tags

    def _train(self, X: Array, y: Array, outputs: int, last: str, loss: str, sample_weight: Any) -> None:
        if sample_weight is not None:
            sample_weight = np.broadcast_to(np.asarray(sample_weight, dtype=np.float64), len(X))
            if not sample_weight.any():
                raise ArgumentError("sample_weight: expected a row that counts, got a weight of zero for each row")
        seed = int(check_random_state(self.random_state).randint(2**31))
        sizes = [Dense(units, self.activation) for units in self.hidden]
        self.model_ = Sequential([Input(X.shape[1]), *sizes, Dense(outputs, last)], seed=seed)
        optimizer = optimizers.find(self.optimizer)
        if isinstance(self.optimizer, str):
            optimizer.lr = self.learning_rate
        self.model_.compile(optimizer, loss, engine=self.engine)
        self.history_ = self.model_.fit(
            X, y, batch_size=self.batch_size, epochs=self.epochs, callbacks=list(self.callbacks), verbose=0, seed=seed,
            validation_split=self.validation_split, sample_weight=sample_weight,
        )  # fmt: skip
        self.n_iter_, self.loss_curve_ = len(self.history_.epoch), self.history_.history["loss"]

    def _outputs(self, X: Any) -> Array:
        check_is_fitted(self)
        found: Array = self.model_.predict(validate_data(self, X, reset=False, dtype=np.float64))
        return found


class Classifier(ClassifierMixin, _Network):  # type: ignore[misc,unused-ignore]
    """A network with a softmax over the classes, trained on their cross-entropy.

    `hidden` lists the sizes of the hidden layers; `optimizer` is a name, which takes `learning_rate`, or an object;
    `random_state` decides the first weights and the order of the rows.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Classifier:
        """Train on rows X and their classes y."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, places = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        outputs = max(len(self.classes_), 2)  # a single class is learned beside one that never comes
        self._train(X, places.astype(float), outputs, "softmax", "sparse_categorical_crossentropy", sample_weight)
        return self

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class, in the order of `classes_`, for each row."""
        return self._outputs(X)[:, : len(self.classes_)]

    def predict(self, X: Any) -> Any:
        """The likeliest class of each row."""
        places = self.predict_proba(X).argmax(axis=1)
        return self.classes_[places]


class Regressor(RegressorMixin, _Network):  # type: ignore[misc,unused-ignore]
    """A network with linear outputs, trained on the mean squared error; rows and targets are best scaled before.

    >>> Regressor(epochs=200, random_state=0).fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]).predict([[1.5]]).round(1)
    array([4.])
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Regressor:
        """Train on rows X and their targets y, a number or a row of numbers each."""
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        self.flat_ = y.ndim == 1
        y = y.reshape(len(y), -1).astype(np.float64)
        self._train(X, y, y.shape[1], "linear", "mean_squared_error", sample_weight)
        return self

    def predict(self, X: Any) -> Any:
        """The target of each row."""
        found = self._outputs(X)
        return found[:, 0] if self.flat_ else found

"""The functions of one input as methods of a Value, as micrograd's users write them: declared here, in a line each.

>>> from autodiff import Value
>>> Value(0.0).exp()
Value(data=1.0, grad=0.0)
"""
# mypy: disable-error-code=empty-body
# (the bodies of declared operations are written from the table)

from __future__ import annotations

from typing import Self

from .generated import operator


class Methods:
    """What a Value inherits its functions from."""

    __slots__ = ()

    # fmt: off
    @operator
    def exp(self) -> Self: """e to this power."""
    @operator
    def log(self) -> Self: """The natural logarithm."""
    @operator
    def sqrt(self) -> Self: """The square root."""
    @operator
    def tanh(self) -> Self: """The hyperbolic tangent."""
    @operator
    def relu(self) -> Self: """This where it is positive, else 0."""
    @operator
    def sigmoid(self) -> Self: """1 / (1 + exp(-this))."""
    @operator
    def expm1(self) -> Self: """exp(this) - 1, without cancellation near 0."""
    @operator
    def log1p(self) -> Self: """log(1 + this), without cancellation near 0."""
    @operator
    def log2(self) -> Self: """The logarithm to base 2."""
    @operator
    def log10(self) -> Self: """The logarithm to base 10."""
    @operator
    def sin(self) -> Self: """The sine of this angle in radians."""
    @operator
    def cos(self) -> Self: """The cosine of this angle in radians."""
    @operator
    def tan(self) -> Self: """The tangent of this angle in radians."""
    @operator
    def asin(self) -> Self: """The angle in radians with this sine."""
    @operator
    def acos(self) -> Self: """The angle in radians with this cosine."""
    @operator
    def atan(self) -> Self: """The angle in radians with this tangent."""
    @operator
    def sinh(self) -> Self: """The hyperbolic sine."""
    @operator
    def cosh(self) -> Self: """The hyperbolic cosine."""
    @operator
    def asinh(self) -> Self: """The inverse of sinh."""
    @operator
    def acosh(self) -> Self: """The inverse of cosh."""
    @operator
    def atanh(self) -> Self: """The inverse of tanh."""
    @operator
    def erf(self) -> Self: """The error function."""
    @operator
    def floor(self) -> Self: """The largest integer not above this."""
    @operator
    def sign(self) -> Self: """-1, 0 or 1."""
    @operator
    def log_sigmoid(self) -> Self: """log(sigmoid(this)), without overflow."""
    @operator
    def softplus(self) -> Self: """log(1 + exp(this)), without overflow."""
    @operator
    def silu(self) -> Self: """this * sigmoid(this)."""
    @operator
    def gelu(self) -> Self: """this * normal_cdf(this)."""
    @operator
    def stop_gradient(self) -> Self: """This, treated as a constant: no gradient flows through it."""
    # fmt: on

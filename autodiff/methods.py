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
    @operator("exp")
    def exp(self) -> Self: """e to this power."""
    @operator("log")
    def log(self) -> Self: """The natural logarithm."""
    @operator("sqrt")
    def sqrt(self) -> Self: """The square root."""
    @operator("tanh")
    def tanh(self) -> Self: """The hyperbolic tangent."""
    @operator("relu")
    def relu(self) -> Self: """This where it is positive, else 0."""
    @operator("sigmoid")
    def sigmoid(self) -> Self: """1 / (1 + exp(-this))."""
    @operator("expm1")
    def expm1(self) -> Self: """exp(this) - 1, without cancellation near 0."""
    @operator("log1p")
    def log1p(self) -> Self: """log(1 + this), without cancellation near 0."""
    @operator("log2")
    def log2(self) -> Self: """The logarithm to base 2."""
    @operator("log10")
    def log10(self) -> Self: """The logarithm to base 10."""
    @operator("sin")
    def sin(self) -> Self: """The sine of this angle in radians."""
    @operator("cos")
    def cos(self) -> Self: """The cosine of this angle in radians."""
    @operator("tan")
    def tan(self) -> Self: """The tangent of this angle in radians."""
    @operator("asin")
    def asin(self) -> Self: """The angle in radians with this sine."""
    @operator("acos")
    def acos(self) -> Self: """The angle in radians with this cosine."""
    @operator("atan")
    def atan(self) -> Self: """The angle in radians with this tangent."""
    @operator("sinh")
    def sinh(self) -> Self: """The hyperbolic sine."""
    @operator("cosh")
    def cosh(self) -> Self: """The hyperbolic cosine."""
    @operator("asinh")
    def asinh(self) -> Self: """The inverse of sinh."""
    @operator("acosh")
    def acosh(self) -> Self: """The inverse of cosh."""
    @operator("atanh")
    def atanh(self) -> Self: """The inverse of tanh."""
    @operator("erf")
    def erf(self) -> Self: """The error function."""
    @operator("floor")
    def floor(self) -> Self: """The largest integer not above this."""
    @operator("sign")
    def sign(self) -> Self: """-1, 0 or 1."""
    @operator("log_sigmoid")
    def log_sigmoid(self) -> Self: """log(sigmoid(this)), without overflow."""
    @operator("softplus")
    def softplus(self) -> Self: """log(1 + exp(this)), without overflow."""
    @operator("silu")
    def silu(self) -> Self: """this * sigmoid(this)."""
    @operator("gelu")
    def gelu(self) -> Self: """this * normal_cdf(this)."""
    @operator("stop_gradient")
    def stop_gradient(self) -> Self: """This, treated as a constant: no gradient flows through it."""
    # fmt: on

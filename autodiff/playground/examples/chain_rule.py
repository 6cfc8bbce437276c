"""The chain rule, step by step. Change an input in the page, and watch the gradients follow."""

from autodiff import Value

a = Value(2.0)
b = Value(-3.0)
c = Value(10.0)
d = a * b + c
f = Value(-2.0)
loss = d * f + a
loss.backward()
print("If a grows a little, the loss changes", a.grad, "times as much.")

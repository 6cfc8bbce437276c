"""One neuron: weights, a bias, and an activation function."""

from autodiff import Value, tanh

x1, x2 = Value(2.0), Value(0.0)
w1, w2 = Value(-3.0), Value(1.0)
b = Value(6.88)
n = w1 * x1 + w2 * x2 + b
o = tanh(n)
o.backward()
print("output", round(o.data, 4))
print("gradients of the weights", round(w1.grad, 4), "and", round(w2.grad, 4))

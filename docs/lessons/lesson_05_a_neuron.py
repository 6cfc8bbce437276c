"""A neuron"""

# %% [markdown]
# A neuron takes some inputs, multiplies each by a **weight**, adds them up with a **bias**, and squeezes the sum
# through an **activation function**. Every part of that you have met.

# %%
from autodiff import Value, draw, steps, tanh

x1, x2 = Value(2.0), Value(0.0)
w1, w2, b = Value(-3.0), Value(1.0), Value(6.9)
n = w1 * x1 + w2 * x2 + b
o = tanh(n)
print(round(o.data, 4))

# %% [markdown]
# tanh squeezes any number into the range from −1 to 1. In the middle it is nearly a straight line; far out it is flat.
# Its local derivative is 1 − tanh²: 1 in the middle, nearly 0 far out.

# %%
for number in (-4.0, -1.0, 0.0, 1.0, 4.0):
    squeezed = tanh(number)
    print(f"tanh({number:4}) = {squeezed:7.4f}   local derivative {1 - squeezed**2:.4f}")

# %%
o.backward()
draw(o)

# %% [markdown]
# Read the gradients of the weights. The one of `w1` is twice the gradient of `n`, because x1 is 2. The one of `w2` is
# 0, because x2 is 0: **a weight whose input is zero learns nothing from this example.** Nobody has to be told this; it
# falls out of the multiplication rule.

# %%
print("n", round(n.grad, 4), "  w1", round(w1.grad, 4), "  w2", round(w2.grad, 4), "  b", round(b.grad, 4))

# %% [markdown]
# Now we let the neuron learn. We want 0.5 where it says 0.7. The **loss** is the square of the difference; a step of
# **gradient descent** moves each weight a little *against* its gradient, because that is where the loss falls.

# %%
for step in range(6):
    o = tanh(w1 * x1 + w2 * x2 + b)
    loss = (o - 0.5) ** 2
    for parameter in (w1, w2, b):
        parameter.grad = 0.0
    loss.backward()
    for parameter in (w1, w2, b):
        parameter.data -= 0.3 * parameter.grad
    print(f"step {step}: output {o.data:.4f}, loss {loss.data:.6f}")

# %% [markdown]
# Three things happened in each round, and they will be the same three for the largest network: **forward** (compute the
# loss), **backward** (compute the gradients), **update** (move against them). Here is the last round, step by step.

# %%
steps(loss)

# %% [questions]
# 1. x1 = 2, and the gradient of n is 0.5. What is the gradient of w1?
# answer: 1
# check: 0.5 * 2.0
# The upstream gradient times the local derivative of w1 · x1, which is x1.
# 2. tanh(n) = 0.6. What is the local derivative of tanh there?
# answer: 0.64
# check: 1 - 0.6**2
# 1 − 0.6².
# 3. A weight is 0.8, its gradient is 2, and the learning rate is 0.1. What is the weight after the update?
# answer: 0.6
# check: 0.8 - 0.1 * 2
# 0.8 − 0.1 × 2: against the gradient.

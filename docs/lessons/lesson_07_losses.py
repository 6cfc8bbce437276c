"""Losses, and what they do to gradients"""

# %% [markdown]
# A loss turns "how wrong is the model?" into one number. The number itself matters less than you might think. What the
# network feels of a loss is its **gradient**: how hard, and which way, each output is pushed.
#
# First the **squared error**: (prediction − target)². Its derivative is 2 · (prediction − target): twice as wrong,
# pushed twice as hard.

# %%
from autodiff import Value, log, nn, sigmoid

for prediction in (0.0, 0.5, 0.9, 1.0, 2.0):
    p = Value(prediction)
    loss = (p - 1.0) ** 2
    loss.backward()
    print(f"prediction {prediction:3}   loss {loss.data:5.2f}   gradient {p.grad:5.2f}")

# %% [markdown]
# For yes-or-no questions the last neuron has a sigmoid, σ(z) = 1 / (1 + e^−z), and says a probability. Now see what the
# squared error does to a model that is **confidently wrong**: the answer is 1, and it says 0.0003.

# %%
z = Value(-8.0)
p = sigmoid(z)
loss = (p - 1.0) ** 2
loss.backward()
print("says", round(p.data, 4), "  loss", round(loss.data, 4), "  gradient of z", round(z.grad, 6))

# %% [markdown]
# The loss is as large as it gets, and the gradient of `z` is almost zero: the model is as wrong as can be and is told
# to stay where it is. The chain rule shows why. The loss hands down −2, but the sigmoid is flat there: its local
# derivative is σ(1 − σ) = 0.0003, and the product is nothing.
#
# **Cross-entropy**, −log(p), is made for this. Its derivative is −1/p, which is huge where p is tiny: it is exactly
# what the flat sigmoid takes away.

# %%
z = Value(-8.0)
p = sigmoid(z)
loss = -log(p)
loss.backward()
print("says", round(p.data, 4), "  loss", round(loss.data, 4), "  gradient of z", round(z.grad, 4))

# %% [markdown]
# Multiply it out: (−1/p) · p(1 − p) = p − 1. The gradient of `z` is simply **prediction minus target**. It is −1 when
# the model is quite wrong, 0 when it is right, and never vanishes in between. This is why the pair of sigmoid and
# cross-entropy is everywhere, and why softmax comes with its own.

# %%
from autodiff import steps

steps(loss)

# %% [markdown]
# There is one more trap. Far out, at z = −800, the sigmoid is so small that the computer rounds it to zero, and log(0)
# is minus infinity; its gradient is not even a number. The mathematics is fine; only the order of computing is not.
# From z itself the same loss is log(1 + e^−z) = softplus(−z), and that is harmless. Losses "from logits" compute it so.

# %%
z = Value(-800.0)
naive = -log(sigmoid(z))
naive.backward()
print("naive       ", naive.data, "  gradient", z.grad)
z = Value(-800.0)
stable = nn.losses.binary_crossentropy([1], [z], from_logits=True)
stable.backward()
print("from logits ", stable.data, "  gradient", z.grad)

# %% [questions]
# 1. Squared error: the prediction is 3 and the target 1. What is the gradient of the prediction?
# answer: 4
# check: autodiff.grad(lambda p: (p - 1.0) ** 2)(3.0)
# 2 · (3 − 1).
# 2. Cross-entropy with a sigmoid: the model says 0.2 and the target is 1. What is the gradient of z?
# answer: -0.8
# check: autodiff.grad(lambda z: -log(sigmoid(z)))(math.log(0.2 / 0.8))
# Prediction minus target.
# 3. What is −log(p) at p = 1?
# answer: 0
# check: -math.log(1.0)
# Nothing to complain about: the loss is 0.

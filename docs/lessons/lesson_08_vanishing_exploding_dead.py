"""Vanishing, exploding, dead"""

# %% [markdown]
# Along a path, factors multiply. A product of many factors is a dangerous thing: twenty factors of ½ make a millionth,
# and twenty factors of 2 make a million. So it is with gradients in deep networks.

# %%
from autodiff import Value, relu, sigmoid, steps


def gradient_through(function, layers, weight, start=0.5):
    """The gradient of the input of a chain: weight, function, weight, function, …"""
    x = Value(start)
    y = x
    for _ in range(layers):
        y = function(weight * y)
    y.backward()
    return x.grad


for layers in (1, 5, 10, 20):
    print(f"{layers:2} layers of sigmoid: {gradient_through(sigmoid, layers, 1.0):.2e}")

# %% [markdown]
# The gradient **vanishes**. The sigmoid is to blame: its local derivative σ(1 − σ) is never more than ¼, so each layer
# takes at least three quarters away. The first layers of such a network learn nothing, while the last ones learn well.
#
# With tanh the local derivative can be 1, and with a weight larger than 1 the product can grow. As long as tanh stays
# in its middle part, gradients then **explode**. With no activation function at all it is plain to see:

# %%
for weight in (0.9, 1.0, 1.1, 1.5):
    print(f"weight {weight}: {gradient_through(lambda x: x, 50, weight):.3g}")

# %% [markdown]
# Fifty layers, and a tenth more or less in each weight decides between 0.005 and 117. This is why weights are begun
# with care: scaled so that the factors are around 1, as the initializers of Glorot and He do.
#
# The third illness is peculiar to relu, which passes positive numbers on and turns negative ones into 0. On the
# positive side its local derivative is 1, which neither vanishes nor explodes. On the negative side it is 0, and
# nothing flows.

# %%
x, w, b = Value(1.0), Value(0.5), Value(-3.0)
y = relu(w * x + b)
loss = (y - 1.0) ** 2
loss.backward()
print("output", y.data, "  gradient of w", w.grad, "  gradient of b", b.grad)

# %% [markdown]
# The loss is 1, and no parameter feels it. If the sum is negative for *every* row of the data, then no step of gradient
# descent will ever move `w` or `b` again: the neuron is **dead**. It happens when one step with a large learning rate
# throws the bias far to the negative side. Leaky relu, elu and gelu let a little through for this reason.
#
# Look at where the gradient stops. The edge into `relu` is dashed: no gradient flows.

# %%
steps(loss)

# %% [markdown]
# `explain` says it in words, with the count of the paths that are cut.

# %%
from autodiff import explain

print(explain(loss, w))

# %% [markdown]
# So when a network does not learn, do not guess: look at its gradients. Zero everywhere in a neuron: dead. Smaller and
# smaller toward the input: vanishing. Larger and larger, then inf and nan: exploding.

# %% [questions]
# 1. What is the largest local derivative that the sigmoid has anywhere?
# answer: 0.25
# check: autodiff.grad(sigmoid)(0.0)
# At 0, where σ = ½: ½ · ½.
# 2. A path has 3 sigmoids, each at its best, and weights of 1. What is the gradient at its start?
# answer: 0.015625
# check: 0.25**3
# ¼ · ¼ · ¼.
# 3. relu receives −2 as its input, and an upstream gradient of 5. What does it hand down?
# answer: 0
# check: autodiff.grad(lambda x: 5.0 * relu(x))(-2.0)
# On the negative side nothing flows.

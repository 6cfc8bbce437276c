"""The chain rule by hand"""

# %% [markdown]
# One operation is easy. A program has many, one after the other. Here are three.

# %%
from autodiff import Value, steps

a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
e = a * b
d = e + c
loss = d * f
print(loss.data)

# %% [markdown]
# How does `loss` move when `a` does? `a` does not touch `loss`; it moves `e`, which moves `d`, which moves `loss`. So
# we take one step at a time, from the end.
#
# - `loss = d * f`: a nudge of `d` moves the loss f = −2 times as much.
# - `d = e + c`: a nudge of `e` moves `d` once as much, so it moves the loss (−2) × 1 = −2 times as much.
# - `e = a * b`: a nudge of `a` moves `e` b = −3 times as much, so it moves the loss (−2) × (−3) = 6 times as much.
#
# Gears work like this: when one wheel turns the next three times as fast, and that one turns the last twice as fast,
# then the first turns the last six times as fast. Factors along a chain **multiply**. This is the **chain rule**:
#
# ∂loss/∂a = ∂loss/∂d · ∂d/∂e · ∂e/∂a
#
# Let us check it the honest way, with a nudge.

# %%
def program(a):
    return (a * -3.0 + 10.0) * -2.0


print(round((program(2.001) - program(2.0)) / 0.001, 6))

# %% [markdown]
# Six. Notice what we did going backward: at `d` we already knew how much the loss moves with `d`, and never had to look
# further ahead. Each operation needs two numbers only: the **upstream gradient** (how much the loss moves with its
# result) and its own **local derivative**. It multiplies them and hands the product down:
#
# > contribution = upstream gradient × local derivative
#
# That one line is backpropagation. The rest of this course is about doing it in the right order and adding up.

# %%
loss.backward()
for name, value in {"d": d, "e": e, "a": a, "b": b, "c": c, "f": f}.items():
    print(f"{name}: data {value.data:5}, gradient {value.grad:5}")

# %% [markdown]
# Now do it yourself before the page does. Switch on "predict, then reveal" below: each step asks for its number first.

# %%
steps(loss)

# %% [markdown]
# And when a gradient surprises you, ask why it is what it is. `explain` names the path and multiplies along it.

# %%
from autodiff import explain

print(explain(loss, a))

# %% [questions]
# 1. What is the gradient of b in this program?
# answer: -4
# check: b.grad
# From above e receives −2; the local derivative of a * b along b is a = 2; (−2) × 2.
# 2. Change f to 5. What is the gradient of a then?
# answer: -15
# check: autodiff.grad(lambda a: (a * -3.0 + 10.0) * 5.0)(2.0)
# Along the path the factors are 5, 1 and −3.
# 3. y = (x + 1) · 4, and z = y · y. At x = 0, what is ∂z/∂x?
# answer: 32
# check: autodiff.grad(lambda x: ((x + 1) * 4) ** 2)(0.0)
# y is 4, so ∂z/∂y = 2y = 8, and ∂y/∂x = 4.

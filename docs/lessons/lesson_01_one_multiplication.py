"""One multiplication"""

# %% [markdown]
# You have two numbers, 3 and 4, and their product, 12. One question is all of this course: **if one of the numbers
# moves a little, how much does the product move?**
#
# Let us try. We nudge `a` by a thousandth and look.

# %%
a, b = 3.0, 4.0
nudge = 0.001
before = a * b
after = (a + nudge) * b
print("the product moved by", round(after - before, 6))
print("that is", round((after - before) / nudge, 6), "times the nudge")

# %% [markdown]
# Four times the nudge, and 4 is the *other* number. That is no accident: (a + h) · b = a · b + h · b, so a nudge h of
# `a` moves the product by h · b. The factor is called the **derivative** of the product with respect to `a`, and it is
# written ∂(ab)/∂a = b. By the same argument ∂(ab)/∂b = a.
#
# A `Value` is a number that keeps a record of how it was made, so that it can tell us these factors.

# %%
from autodiff import Value

a = Value(3.0)
b = Value(4.0)
product = a * b
print(product.data)

# %% [markdown]
# Nothing new yet: `.data` is the number. Now we ask for the derivatives. `backward()` starts at the product and walks
# back to what it was made from; each value then holds its answer in `.grad`, which is short for **gradient**.

# %%
product.backward()
print("a.grad =", a.grad, "  b.grad =", b.grad)

# %% [markdown]
# The picture says the same. Each box has the number and, below it, the gradient; on each edge stands the **local
# derivative**, the factor of this one operation.

# %%
from autodiff import draw

draw(product)

# %% [markdown]
# What of the product itself? If the product moves by h, then the product moves by h, of course: the derivative of a
# number with respect to itself is 1, and every backward pass begins with this 1. Step through it here, and change 3 or
# 4 to other numbers: the gradients of `a` and `b` follow at once.

# %%
from autodiff import steps

steps(product)

# %% [markdown]
# **What you can do now.** Read a gradient as an answer to a question: *if I nudge this input, how many times as much
# does the output move?* A gradient of 4 means four times as much; of −2, twice as much the other way; of 0, not at all.

# %% [questions]
# 1. With a = 5 and b = −2, what is the gradient of a?
# answer: -2
# check: autodiff.grad(lambda a, b: a * b)(5.0, -2.0)[0]
# The gradient of a is the other factor, b.
# 2. The gradient of a is 4 and we nudge a by 0.01. By how much does the product move?
# answer: 0.04
# check: 3.01 * 4 - 3 * 4
# The nudge times the gradient: 0.01 × 4.
# 3. What is the gradient of a in a + b?
# answer: 1
# check: autodiff.grad(lambda a, b: a + b)(3.0, 4.0)[0]
# A nudge of a moves the sum by just as much, whatever b is.

"""Why +=, and not ="""

# %% [markdown]
# In the last lesson every value was used once. Use one twice, and something new happens.

# %%
from autodiff import Value, steps

a = Value(3.0)
b = a + a
b.backward()
print(a.grad)

# %% [markdown]
# Of course: b = 2a, so a nudge of `a` moves `b` twice as much. But look at how the backward pass gets there. The
# addition has two operands, and each receives 1 × 1 = 1. Both happen to be the same `a`. Its gradient is the **sum** of
# what arrives: 1 + 1 = 2.
#
# An engine that writes `self.grad = …` where `self.grad += …` belongs keeps only the last contribution. This is the
# most common fault in engines that people write themselves, and it is easy to miss, because every program that uses
# each value once is right.

# %% [markdown]
# Here is a small engine with exactly this fault. The first result is right, the second is not.

# %%
class Wrong:
    def __init__(self, data, operands=()):
        self.data, self.grad, self.operands = data, 0.0, operands

    def __mul__(self, other):
        return Wrong(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self, gradient=1.0):
        self.grad = gradient    # the fault: this forgets what has arrived before
        for operand, local_derivative in self.operands:
            operand.backward(gradient * local_derivative)


x, y = Wrong(3.0), Wrong(4.0)
(x * y).backward()
print("x * y: the gradient of x is", x.grad)
x = Wrong(3.0)
(x * x).backward()
print("x * x: the gradient of x is", x.grad, "but should be", 2 * x.data)

# %% [markdown]
# Why is adding up right? Nudge `x` by h in x · x. The product becomes (x + h)(x + h) = x² + **hx** + **hx** + h². The
# first hx comes from nudging the left factor, the second from nudging the right one. Both happen at once, and for a
# small h their effects add up. It is so for any number of uses, however far apart in the program:
#
# > the gradient of a value is the sum over all paths from it to the result; along each path, factors multiply.
#
# Below, `a` reaches the result on two paths. Watch its gradient: it says how many contributions have arrived, and
# waits.

# %%
a, b = Value(2.0), Value(-3.0)
c = a * b
result = c + a
steps(result)

# %% [markdown]
# One more consequence. Since gradients add up, they also add up over *two* backward passes. A training loop therefore
# sets them to zero before each pass; forgetting that is the second most common fault.

# %%
result.backward()
print("after one pass  ", a.grad)
result.backward()
print("after a second  ", a.grad)

# %% [questions]
# 1. y = a · a + a at a = 4. What is the gradient of a?
# answer: 9
# check: autodiff.grad(lambda a: a * a + a)(4.0)
# Three contributions: 4 and 4 from the product, 1 from the sum.
# 2. What would an engine that overwrites say, if the sum a · a + a hands its own contribution to a last?
# answer: 1
# check: 1.0
# Only the last contribution is kept.
# 3. y = a + a + a + a. What is the gradient of a?
# answer: 4
# check: autodiff.grad(lambda a: a + a + a + a)(2.5)
# Four uses, each contributes 1.

"""Why topological order"""

# %% [markdown]
# Contributions add up: so much we know. But *when* may a value pass its gradient on? Look at this program.

# %%
from autodiff import Value, steps

a = Value(3.0)
b = a + a
c = b * a
result = b + c
result.backward()
print(a.grad)

# %% [markdown]
# `b` is used twice: in `c` and in `result`. Its gradient has two parts: 1 straight from `result`, and a = 3 by way of
# `c`. Together 4. If `b` hands on its gradient when only the 1 has arrived, then `a` receives 1 + 1 = 2 too early, and
# the rest must follow later, or is lost.
#
# The rule is simple to say: **a value passes its gradient on when all that it can receive has arrived.** An order in
# which every value stands before what it was made from is called a *topological order* (seen from the result). The page
# shows for each value how many of its contributions are there, and lets it go when the last one is.

# %%
steps(result)

# %% [markdown]
# What do other orders do? The order of a queue, breadth first, looks reasonable: begin at the result, do its operands,
# then theirs. Here is what it makes of the same program.

# %%
wrong = steps(result, order="breadth-first")
print(wrong.text().splitlines()[-1])

# %%
wrong

# %% [markdown]
# It is wrong without a word: no exception, only a wrong number. In training you would see a loss that falls more slowly
# than it should, or nothing at all.
#
# How do we find a topological order? Visit each value once; before a value is written down, visit all that it was made
# from. Written down last, the result comes first when we read the list backward.

# %%
def topological_order(result):
    order, seen = [], set()

    def visit(value):
        if value not in seen:
            seen.add(value)
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(result)
    return order


names = {a: "a", b: "b", c: "c", result: "result"}
print([names[value] for value in reversed(topological_order(result))])

# %% [markdown]
# `seen` matters as much as the order: without it `b` would be visited twice, and would pass its gradient on twice. And
# because `visit` calls itself, a chain of a thousand operations ends in a RecursionError; this library uses a loop with
# a list of its own instead.

# %% [questions]
# 1. With all contributions in, what is the gradient of b here?
# answer: 4
# check: 1 + a.data
# 1 from result = b + c, and a = 3 from c = b · a.
# 2. How many contributions does a receive?
# answer: 3
# check: sum(parent is a for value in (b, c, result) for parent in value.parents)
# Two from b = a + a, one from c = b · a.
# 3. If b passed its gradient on when only the 1 from the result had arrived, and never again,
# what would the gradient of a be? (c contributes b = 6.)
# answer: 8
# check: 6 + 1 + 1
# 6 from c, and 1 + 1 from b instead of 4 + 4.

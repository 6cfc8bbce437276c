"""XOR, and why a line cannot"""

# %% [markdown]
# Two inputs, each 0 or 1. The output is 1 if exactly one of them is 1. That is **XOR**, and it has a famous place in
# the history of the field: a single neuron cannot learn it.
#
#     x1 x2   xor
#      0  0    0
#      0  1    1
#      1  0    1
#      1  1    0
#
# A neuron says "more" or "less" depending on which side of a line w1·x1 + w2·x2 + b = 0 a point lies. Put the four rows
# on the corners of a square: the two ones lie on one diagonal, the two zeros on the other. Now suppose a line existed.
# The middle of the square is halfway between the ones, so it lies on their side; it is halfway between the zeros too,
# so it lies on *their* side. It cannot lie on both. **No line separates XOR.**
#
# Do not believe it: try.

# %%
from autodiff import nn

X = [[0, 0], [0, 1], [1, 0], [1, 1]]
Y = [0, 1, 1, 0]


def train(model, epochs, lr):
    optimizer = nn.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        loss = nn.losses.binary_crossentropy(Y, [model(row) for row in X])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.data


line = nn.MLP(2, [1], output="sigmoid", seed=1)
print("loss", round(train(line, 300, 1.0), 4))
for row, label in zip(X, Y):
    print(row, "is", label, "and the model says", round(line(row).data, 2))

# %% [markdown]
# After 300 rounds it says one half to everything: the best that a line can do is to shrug. The loss of a shrug is
# −log(½) = 0.6931, and no training will bring it lower.
#
# Now we put two layers: a few **hidden** neurons, and one that reads them. The hidden neurons bend the square into a
# new shape, in which the last one can draw its line.

# %%
model = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=1)
print("loss", round(train(model, 300, 1.0), 4))
for row, label in zip(X, Y):
    print(row, "is", label, "and the model says", round(model(row).data, 2))

# %% [markdown]
# What did the hidden neurons do? Look at what each of them says for the four rows.

# %%
hidden = model.layers[0]
for row in X:
    print(row, " ".join(f"{neuron.data:6.2f}" for neuron in hidden(row)))

# %% [markdown]
# Here the first two columns tell the story. The first neuron is low for the row [1, 0] alone, the second for [0, 1]
# alone. "Is either of them low?" is a question that one line can answer: the hidden layer has bent the square so that
# the ones lie on one side. (With another seed the neurons share the work in another way.)
#
# The whole network on one row has more operations than fit on a screen. Collapsed to its neurons it can be read; colour
# and width of an edge show the gradient that flows through it.

# %%
from autodiff import draw

loss = nn.losses.binary_crossentropy([1], [model([1, 0])])
model.zero_grad()
loss.backward()
draw(loss, collapse="neuron")

# %% [markdown]
# Take the program to the playground and choose "Train": it draws the curve of the loss, and a map of what the model
# says between the corners. Then give it one hidden neuron, two, three. How many does it need?

# %% [questions]
# 1. What is the lowest loss that a single neuron can reach on XOR, to two digits?
# answer: 0.6931
# check: round(math.log(2), 4)
# It says ½ to every row, and −log(½) = 0.693.
# 2. A single neuron with two inputs has how many parameters?
# answer: 3
# check: len(line.parameters())
# Two weights and a bias.
# 3. And the network with four hidden neurons?
# answer: 17
# check: len(model.parameters())
# 4 · (2 + 1) in the hidden layer, and 4 + 1 in the last.

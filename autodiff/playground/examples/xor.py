"""XOR: no straight line separates its rows, and a small network learns it. Choose "Train" and press Run."""

from autodiff import nn

X = [[0, 0], [0, 1], [1, 0], [1, 1]]
Y = [0, 1, 1, 0]
model = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=1)
optimizer = nn.SGD(model.parameters(), lr=1.0)

for epoch in range(150):
    loss = nn.losses.binary_crossentropy(Y, [model(row) for row in X])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 25 == 0:
        print(epoch, round(loss.data, 4))

for row, label in zip(X, Y):
    print(row, "is", label, "and the model says", round(model(row).data, 2))

"""How many parameters a dense layer has: (features + 1) * units, so 1,010 for 10 units on 100 features."""

# %% Count them

from autodiff import nn


def main():
    """Print the summaries of the example and of the image classifier; return both counts."""
    example = nn.Sequential([nn.Input(shape=(100,)), nn.Dense(10)], seed=0)
    example.summary()
    print(f"\n(100 + 1) * 10 = {(100 + 1) * 10:,}, counted: {example.count_params():,}\n")
    sizes = [nn.Dense(300, "relu"), nn.Dense(200, "relu"), nn.Dense(100, "relu"), nn.Dense(10, "softmax")]
    classifier = nn.Sequential([nn.Input(shape=(28, 28)), nn.Flatten(), *sizes], seed=0, name="image_classifier")
    classifier.summary()
    return example.count_params(), classifier.count_params()


if __name__ == "__main__":
    main()

"""What losses and metrics share: how they are named, weighted and averaged over rows.

The losses and metrics themselves are `nn.losses` and `nn.metrics`.
"""

"""What a model is made of: modules, neurons, and blocks over whole arrays.

Read module, neurons, block, dense, merging.
"""

from .neurons import MLP, Layer, Neuron

__all__ = ["MLP", "Layer", "Neuron"]

"""Programs for JAX: blocks are laid into zeros, which XLA does in place; it would join them element by element."""

from .array import ArrayWriter


class JaxWriter(ArrayWriter):
    """Arrays of jax.numpy."""

    def lay_blocks(self, name: str, blocks: list[tuple[int, str]]) -> str:
        whole, first, start = f"{name}_blocks", f"{name}_blocks_0", 0
        self.assign(first, blocks[0][1])
        self.assign(whole, f"zeros({blocks[-1][0]}, dtype={first}.dtype)")
        for end, text in blocks:
            self.assign(whole, f"{whole}.at[{start}:{end}].set({first if not start else text})")
            start = end
        return whole

"""What happens in a pass, as a few flat arrays: eight numbers per event, whatever the size of the graph.

>>> events = Events()
>>> events.note(SEED, node=4, after=1.0, arrived=1)
0
>>> len(events), KINDS[events.kind[0]], events.node[0]
(1, 'seed', 4)
"""

from array import array

KINDS = ("input", "operation", "seed", "contribution", "blocked", "detached", "update")
INPUT, OPERATION, SEED, CONTRIBUTION, BLOCKED, DETACHED, UPDATE = range(len(KINDS))


class Events:
    """Columns: entry i of each is about event i.

    kind      one of the constants above               node     the node that acts
    operand   along which of its operands              upstream the node's gradient when it acts
    before    the operand's gradient before ...        after    ... and after
    arrived   contributions the operand has received   had      contributions the node has received
    earlier   the last contribution to the same operand before this one, or -1
    """

    def __init__(self) -> None:
        self.kind = bytearray()
        self.node, self.operand, self.arrived, self.had, self.earlier = (array("q") for _ in range(5))
        self.upstream, self.before, self.after = (array("d") for _ in range(3))

    def note(
        self,
        kind: int,
        node: int,
        operand: int = 0,
        upstream: float = 0.0,
        before: float = 0.0,
        after: float = 0.0,
        arrived: int = 0,
        had: int = 0,
        earlier: int = -1,
    ) -> int:
        """Add an event, and return its place."""
        index = len(self.kind)
        self.kind.append(kind)
        self.node.append(node)
        self.operand.append(operand)
        self.upstream.append(upstream)
        self.before.append(before)
        self.after.append(after)
        self.arrived.append(arrived)
        self.had.append(had)
        self.earlier.append(earlier)
        return index

    def __len__(self) -> int:
        return len(self.kind)

    def same_numbers(self, other: "Events") -> bool:
        """Whether the events are the same, to the last bit; a nan is like any other nan."""
        columns = ((column, vars(other)[name]) for name, column in vars(self).items())
        return all(bytes(mine) == bytes(its) or repr(mine) == repr(its) for mine, its in columns)

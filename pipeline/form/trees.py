"""Rows and columns as trees: what a node says, the leaves that hold cells, the names of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Kind = Literal["count", "signed", "amount"]
"""What a cell may hold: a count from 0, a whole number with sign, an exact decimal from 0."""


class Model(BaseModel):
    """What a form.toml says: no unknown keys, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Barred(Model):
    """Offices whose names end in one of `agencies` have nothing to count; `why` says so."""

    agencies: tuple[str, ...] = Field(min_length=1)
    why: str


class Explained(Model):
    """Where a number that is not 0 must be spoken of: a section's key, and one of the words.

    `other`: words for something else that has them within.
    """

    section: Key
    words: tuple[str, ...] = Field(min_length=1)
    other: tuple[str, ...] = ()


class Node(Model):
    """A row or a column: a leaf holds cells, a group spans its children.

    `aliases` are other wordings that reports use for the label; an `optional` row is printed only
    where the content file gives it; `indent` is in em. Offices that are `barred` have
    nothing to count in the row.
    """

    label: str
    key: Key | None = None
    children: tuple["Node", ...] = ()
    kind: Kind | None = None
    unit: str = ""
    sum: tuple[str, ...] = ()
    optional: bool = False
    indent: Annotated[int, Field(ge=0, le=6)] = 0
    aliases: tuple[str, ...] = ()
    barred: Barred | None = None
    explained: Explained | None = None

    @property
    def depth(self) -> int:
        """Levels from here to the deepest leaf, itself included."""
        return 1 + max((child.depth for child in self.children), default=0)

    @property
    def leaf_count(self) -> int:
        """How many leaves it spans."""
        return sum(child.leaf_count for child in self.children) or 1


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of a tree with the path of keys that leads to it."""

    path: tuple[str, ...]
    node: Node
    labels: tuple[str, ...]

    @property
    def group(self) -> tuple[str, ...]:
        """The path of the group it stands in."""
        return self.path[:-1]


Tree = Mapping[tuple[str, ...], tuple[Leaf, ...]]
"""The leaves under each path, in order; a leaf stands under its own path, too."""


def leaves(
    nodes: tuple[Node, ...], path: tuple[str, ...] = (), labels: tuple[str, ...] = ()
) -> Iterator[Leaf]:
    """The leaves below `nodes`, in order; `path` and `labels` are those of the groups above."""
    for node in nodes:
        here = (*path, node.key) if node.key else path
        above = (*labels, node.label)
        if node.children:
            yield from leaves(node.children, here, above)
        else:
            yield Leaf(here, node, above)


def tree(found: Iterable[Leaf]) -> Tree:
    """The tree of some leaves."""
    made: dict[tuple[str, ...], tuple[Leaf, ...]] = {}
    for leaf in found:
        for length in range(1, len(leaf.path) + 1):
            path = leaf.path[:length]
            made[path] = (*made.get(path, ()), leaf)
    return made


def every(nodes: Sequence[Node]) -> Iterator[Node]:
    """Every node of a tree, groups included."""
    for node in nodes:
        yield node
        yield from every(node.children)


def terms(tree: Tree, term: str, group: tuple[str, ...] = ()) -> tuple[Leaf, ...]:
    """The leaves that a name in `sum`, `left` or `right` stands for: a leaf, or all of a group.

    The name counts from `group` first, then from the root.

    Raises:
        ValueError: nothing has that name.
    """
    keys = tuple(term.split("."))
    for path in ((*group, *keys), keys):
        if path in tree:
            return tree[path]
    raise ValueError(f"没有这一行或列：{term}")


def tell_apart(paths: Sequence[tuple[str, ...]], taken: frozenset[str] = frozenset()) -> None:
    """Raises where a key stands twice, for a row and a group, or for something else already."""
    for path in paths:
        if path[0] in taken:
            raise ValueError(f"不能用作 key：{path[0]}")
        if sum(other[: len(path)] == path for other in paths) > 1:
            raise ValueError(f"key 重复：{'.'.join(path)}")


def unwind(tree: Tree, leaf: Leaf, above: tuple[Leaf, ...] = ()) -> None:
    """Raises where a total adds up what is not there, or in the end itself."""
    if leaf in above:
        raise ValueError(f"sum 循环引用：{'.'.join(leaf.path)}")
    for term in leaf.node.sum:
        for found in terms(tree, term, leaf.group):
            unwind(tree, found, (*above, leaf))

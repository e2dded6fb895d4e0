"""Child processes for CPU-bound and dangerous work: spawned, limited, recycled, gone with the parent."""

from footnote.kit.children.errors import ChildDied
from footnote.kit.children.pool import ChildPool

__all__ = ["ChildDied", "ChildPool"]

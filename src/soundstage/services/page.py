"""A page of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`next_cursor` fetches the following page; None at the end."""

    items: tuple[Item, ...]
    next_cursor: str | None

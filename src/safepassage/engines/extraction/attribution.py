"""What the frames find: one attribution, as positions in a tree, before names and chains are known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Source, cue and content of one attribution as token positions; `lemma` is the cue word's.

    `kind` names the frame. A source that is only implied ("they said" left out, a quotation that goes on) is
    empty here and in `heir` the position of the cue whose source it inherits, -1 without one. `via` are those
    who pass the source's words on ("X quoted the source"), `citing` those whom the source relies on ("said,
    citing Y"), `addressee` whom it told; each is the words of one of them.
    """

    source: tuple[int, ...]
    cue: tuple[int, ...]
    content: tuple[int, ...]
    kind: str
    lemma: str = ""
    heir: int = -1
    via: tuple[tuple[int, ...], ...] = ()
    citing: tuple[tuple[int, ...], ...] = ()
    addressee: tuple[int, ...] = ()

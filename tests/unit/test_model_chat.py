"""A model's answer counts only in words of the text; every other answer is refused or dropped."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.claims.reading import Verbatim
from safepassage.formats.claims import model_chat

PIECE = "The mayor of Orlec said the bridge is\nclosed. Drivers said it is open."


def reply(said):
    text = said if isinstance(said, str) else json.dumps({"attributions": said})
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


def row(source="The mayor of Orlec", cue="said", content="the bridge is closed"):
    return {"source": source, "cue": cue, "content": content}


def test_words_of_the_text_are_taken_whatever_white_space_parts_them():
    found, dropped = model_chat.answer(reply([row()]), PIECE)
    assert found == (Verbatim(source="The mayor of Orlec", cue="said", content="the bridge is closed"),)
    assert dropped == 0


@pytest.mark.parametrize(
    "bad",
    [
        row(content="the bridge is open"),
        row(source="The governor"),
        row(cue="denied"),
        row(content=""),
        {"source": "The mayor of Orlec"},
        row(content=7),
        "The mayor",
        None,
    ],
)
def test_what_does_not_stand_in_the_text_is_dropped_and_counted(bad):
    assert model_chat.answer(reply([row(), bad]), PIECE)[1] == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"choices": []}',
        reply("I cannot help with that."),
        reply('{"attributions": 3}'),
        reply([row()] * (model_chat.MOST_PROPOSED + 1)),
        b" " * (model_chat.LONGEST_ANSWER + 1),
        b"[" * 100_000,
    ],
)
def test_an_answer_of_another_form_is_refused(data):
    with pytest.raises(ValueError, match="answer"):
        model_chat.answer(data, PIECE)


@given(st.binary(max_size=200))
def test_no_answer_whatever_does_anything_but_propose_or_be_refused(data):
    try:
        found, _ = model_chat.answer(reply(data.decode("latin-1")), PIECE)
    except ValueError:
        return
    plain = " ".join(PIECE.split())
    assert all(word in plain for one in found for word in (one.source, one.cue, one.content))


def test_a_fence_around_the_answer_is_taken_off():
    fenced = "```json\n" + json.dumps({"attributions": [row()]}) + "\n```"
    assert len(model_chat.answer(reply(fenced), PIECE)[0]) == 1


@given(st.text(alphabet="ab \n", max_size=400))
def test_pieces_hold_all_words_in_order(text):
    assert "\n".join(model_chat.pieces(text)).split() == text.split()


def test_a_long_text_is_asked_about_in_pieces_and_the_same_piece_alike():
    text = "\n".join(["The mayor said so. " * 50] * 20)
    found = model_chat.pieces(text)
    assert len(found) > 1
    assert max(map(len, found)) <= model_chat.LONGEST_PIECE
    assert model_chat.request(found[0]) == model_chat.request(found[0])

"""Messages as bytes: whatever comes, in whatever pieces, is a message or one clear error."""

import ast
import json
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cyclorama.protocol
from cyclorama.protocol.arrays import CHANNELS, SAMPLE_BYTES, ArrayData
from cyclorama.protocol.codec import FRAME_BYTES, MAGIC, MAX_JSON_BYTES, Decoder, Encoder
from cyclorama.protocol.conversation import CLIENT, WORKER, Conversation
from cyclorama.protocol.errors import InputError, ModelMissing, ProtocolError, error_of
from cyclorama.protocol.messages import (
    Accepted,
    Cancel,
    Failed,
    Hello,
    JobCancelled,
    ListModels,
    Models,
    Ping,
    Pong,
    ProgressMade,
    Result,
    Shutdown,
    Submit,
    Welcome,
)

NAMES = st.text("abcxyz.0", min_size=1, max_size=6)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(NAMES, VALUES, max_size=4)


@st.composite
def pictures(draw):
    order, dtype = draw(st.sampled_from(sorted(CHANNELS))), draw(st.sampled_from(sorted(SAMPLE_BYTES)))
    size = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    shape = size if order == "Y" else (*size, CHANNELS[order])
    count = size[0] * size[1] * CHANNELS[order] * SAMPLE_BYTES[dtype]
    data = draw(st.binary(min_size=count, max_size=count))
    return ArrayData(draw(NAMES), dtype, shape, order, draw(st.sampled_from(["srgb", "linear"])), data)


PICTURES = st.lists(pictures(), max_size=3).map(tuple)
FRACTIONS = st.floats(0, 1)
MESSAGES = st.one_of(
    st.builds(Hello, st.lists(st.integers(0, 9), max_size=3).map(tuple), TEXTS, TEXTS),
    st.builds(Submit, NAMES, NAMES, MAPPINGS, PICTURES),
    st.builds(Cancel, NAMES),
    st.sampled_from([ListModels(), Ping(), Shutdown()]),
    st.builds(Welcome, st.integers(0, 9), MAPPINGS, TEXTS),
    st.builds(Accepted, NAMES),
    st.builds(ProgressMade, NAMES, TEXTS, FRACTIONS, TEXTS, PICTURES),
    st.builds(Result, NAMES, MAPPINGS, PICTURES),
    st.builds(Failed, NAMES, TEXTS, TEXTS, TEXTS),
    st.builds(JobCancelled, NAMES),
    st.builds(Pong, st.integers(0, 9)),
    st.builds(Models, st.lists(MAPPINGS, max_size=2).map(tuple)),
)


def encoded(message):
    return b"".join(bytes(piece) for piece in Encoder().encode(message))


def frame(header, payload=b"", magic=MAGIC, version=1, flags=0, lengths=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (
        struct.pack(">4sHHIQ", magic, version, flags, *(lengths or (len(text), len(payload))))
        + text
        + payload
    )


def error_from(decoder, data):
    try:
        decoder.receive_data(data)
    except ProtocolError as error:
        return error
    return None


def plain(message):
    values = dict(vars(message))
    values["arrays"] = [(array.header, bytes(array.data)) for array in values.get("arrays", ())]
    return type(message), values


@settings(max_examples=200, deadline=None)
@given(st.lists(MESSAGES, min_size=1, max_size=3), st.lists(st.integers(1, 40), max_size=30))
def test_messages_survive_any_cut(said, cuts):
    data = b"".join(map(encoded, said))
    decoder, heard = Decoder(), []
    for cut in [*cuts, len(data)]:
        decoder.receive_data(data[:cut])
        data = data[cut:]
        while (message := decoder.next_event()) is not None:
            heard.append(message)
    assert [plain(message) for message in heard] == [plain(message) for message in said]
    assert not decoder.inside_frame


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=120), st.booleans())
def test_noise_is_a_protocol_error_or_the_wait_for_more(noise, framed):
    data = frame(noise, lengths=(len(noise), 0)) if framed and len(noise) >= 2 else noise
    decoder = Decoder()
    error = error_from(decoder, data)
    if error is not None:
        assert error.message
        assert error_from(decoder, b"x") is error


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_any_json_is_a_message_or_a_protocol_error(value):
    decoder = Decoder()
    try:
        decoder.receive_data(frame(value))
    except ProtocolError:
        return
    assert decoder.next_event() is not None


@settings(max_examples=300, deadline=None)
@given(MESSAGES, st.data())
def test_a_flipped_byte_never_escapes_as_another_exception(message, data):
    whole = bytearray(encoded(message))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    decoder = Decoder(max_payload_bytes=1 << 20)
    error = error_from(decoder, bytes(whole))
    assert error is None or error.message


PICTURE = {"name": "a", "dtype": "uint8", "shape": [1, 2], "order": "Y", "encoding": "srgb", "bytes": 2}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "does not speak"),
        (frame({}, version=9), "version 9"),
        (frame({}, flags=1), "flags 1"),
        (frame(b"{}", lengths=(MAX_JSON_BYTES + 1, 0)), "header has"),
        (frame(b"", lengths=(0, 0)), "header has 0"),
        (frame(b"{}", lengths=(2, 1 << 60)), "at most"),
        (frame(b"[]"), "no JSON object"),
        (frame(b"{x"), "no JSON"),
        (frame(b'{"type": NaN}'), "NaN"),
        (frame(b"[" * 100_000), "no JSON"),
        (frame({"type": "nonsense"}), "one of"),
        (frame({"type": ["submit"]}), "one of"),
        (frame({"type": "submit", "job_id": 3}), "was wanted"),
        (frame({"type": "submit", "job_id": "a"}), "lacks a field"),
        (frame({"type": "ping", "arrays": 3}), "no list"),
        (frame({"type": "ping", "arrays": [3]}), "cannot be read"),
        (frame({"type": "ping", "arrays": [PICTURE]}, b"ab"), "it has none"),
        (frame({"type": "ping"}, b"abc"), "3 bytes of pictures"),
        (frame({"type": "result", "arrays": [{**PICTURE, "bytes": 3}]}, b"abc"), "needs 2"),
        (frame({"type": "result", "arrays": [{**PICTURE, "shape": [0, 2]}]}), "do not fit"),
        (frame({"type": "result", "arrays": [{**PICTURE, "shape": [True, 2]}]}), "do not fit"),
        (frame({"type": "result", "arrays": [{**PICTURE, "dtype": "object"}]}), "uint8"),
        (frame({"type": "result", "arrays": [{**PICTURE, "order": ["Y"]}]}), "cannot be read"),
    ],
)
def test_each_breach_has_a_sentence(data, says):
    with pytest.raises(ProtocolError, match=says):
        Decoder().receive_data(data)


def test_a_lying_length_is_refused_before_memory_is_asked_for():
    decoder = Decoder(max_payload_bytes=1000)
    with pytest.raises(ProtocolError, match="1001 bytes"):
        decoder.receive_data(frame(b"{}", lengths=(2, 1001))[:FRAME_BYTES])


def test_unknown_fields_are_passed_over_so_that_versions_can_grow():
    decoder = Decoder()
    decoder.receive_data(frame({"type": "ping", "new": 1}))
    assert decoder.next_event() == Ping()


def test_what_json_cannot_say_is_refused_by_the_sender():
    for value in (float("nan"), float("inf"), b"bytes", {1, 2}):
        with pytest.raises(ProtocolError, match="JSON"):
            Encoder().encode(Result("a", {"x": value}))


@pytest.mark.parametrize(
    ("said", "breach"),
    [
        ([(CLIENT, Ping())], "Ping"),
        ([(WORKER, Welcome(1, {}, "cpu"))], "Welcome"),
        ([(CLIENT, Hello((1,), "a", "t")), (CLIENT, Hello((1,), "a", "t"))], "Hello"),
        ("open", [(CLIENT, Cancel("a"))]),
        ("open", [(CLIENT, Submit("a", "x", {})), (CLIENT, Submit("a", "x", {}))]),
        ("open", [(CLIENT, Submit("a", "x", {})), (WORKER, Result("a", {}))]),
        ("open", [(WORKER, Accepted("a"))]),
        ("open", [(CLIENT, Result("a", {}))]),
        ("open", [(CLIENT, Submit("a", "x", {})), (WORKER, Failed("a", "e", "m")), (WORKER, Accepted("a"))]),
    ],
)
def test_who_speaks_out_of_turn_breaks_the_conversation(said, breach):
    opening = [(CLIENT, Hello((1,), "a", "t")), (WORKER, Welcome(1, {}, "cpu"))]
    messages = [*opening, *breach] if said == "open" else said
    talk = Conversation()
    for speaker, message in messages[:-1]:
        talk.note(speaker, message)
    with pytest.raises(ProtocolError, match="does not belong here"):
        talk.note(*messages[-1])


def test_one_job_from_beginning_to_end():
    talk = Conversation()
    for speaker, message in [
        (CLIENT, Hello((1,), "a", "t")),
        (WORKER, Welcome(1, {}, "cpu")),
        (CLIENT, Submit("a", "split", {})),
        (WORKER, Accepted("a")),
        (WORKER, ProgressMade("a", "s", 0.5)),
        (CLIENT, Cancel("a")),
    ]:
        talk.note(speaker, message)
    assert talk.open_jobs == {"a"}
    talk.note(WORKER, Result("a", {}))
    # It crossed the result on its way.
    talk.note(CLIENT, Cancel("a"))
    assert talk.open_jobs == frozenset()


def test_errors_cross_by_their_code():
    assert type(error_of("model_missing", "m", "h")) is ModelMissing
    assert type(error_of("input", "m")) is InputError
    assert error_of("of a later version", "m", "h").hint == "h"


def test_protocol_and_shared_parts_are_python_3_8():
    """Krita's older builds carry that one: syntax is checked by its grammar, annotations are never evaluated."""
    protocol = Path(cyclorama.protocol.__file__).parent
    plugin = protocol.parents[2] / "plugin" / "shared"
    paths = [*protocol.glob("*.py"), *plugin.glob("*.py"), protocol.parent / "__init__.py"]
    assert len(paths) > 12
    for path in paths:
        tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 8))
        imports = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
        assert imports or len(tree.body) <= 1, f"{path.name} evaluates its annotations"

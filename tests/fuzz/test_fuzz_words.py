"""The conversation: any text gets an answer that every face can show; masking and other readers take any text."""

from hypothesis import given
from hypothesis import strategies as some

from commands import terminal
from core import handover, links, privacy
from core.conversation import Conversation
from core.messages import Incoming, Kind
from handlers.line import render as line_render
from handlers.telegram import render as telegram_render
from retrieval import citations
from tests.fuzz.test_fuzz_line import presses
from tests.support import fuzzing
from tests.support.fuzzing import Door
from tests.support.platform_rules import broken_in_line_messages, broken_in_telegram_message

kinds: some.SearchStrategy[Kind] = some.sampled_from(("text", "text", "text", "postback"))


@fuzzing.examples(40)
@given(
    kind=kinds,
    text=fuzzing.texts | presses,
    carried=fuzzing.texts,
    channel=some.sampled_from(["line", "telegram", "web", "terminal"]),
    group=some.booleans(),
)
def test_conversation(
    door: Door, talk: Conversation, kind: Kind, text: str, carried: str, channel: str, group: bool
) -> None:
    with door.trying((kind, text, carried, channel, group)):
        turn = talk.handle(Incoming(kind, channel, "1" if channel == "telegram" else None, text, None, group, carried))
        if turn and (reply := turn.reply):
            wrong = broken_in_line_messages([*line_render.messages(reply)])
            wrong += broken_in_line_messages([*line_render.plain_messages(reply)])
            for message in (*telegram_render.messages(reply), *telegram_render.plain_messages(reply)):
                wrong += broken_in_telegram_message(message)
            assert not wrong, wrong
            terminal.text(reply).encode()


@fuzzing.examples(100)
@given(text=fuzzing.texts)
def test_masking(door: Door, text: str) -> None:
    with door.trying(text):
        masked = privacy.mask(text)
        assert masked.kinds or text.startswith(masked.text)
        assert privacy.mask(masked.text).text == masked.text


@fuzzing.examples(40)
@given(text=fuzzing.texts)
def test_readers_of_texts(door: Door, text: str) -> None:
    """Citations, links, what was handed over."""
    with door.trying(text):
        assert "".join(piece.words for piece in links.split(text)) == text
        citations.read(text)
        handover.kept_form(text)

"""How texts are compared with the labels of the forms: fast, and by the definition."""

from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from pipeline.form import forms
from pipeline.form.wording import Match, Wordings, bare, core, match, plain
from pipeline.transcription.labels import Labels
from tests.conftest import ROOT

ALL = [Labels(form) for form in forms.load_all(ROOT / "layouts")]
WORDINGS = sorted(
    {text for labels in ALL for text in labels.phrases}
    | {text for labels in ALL for label in labels.rows for text in label.wordings}
)
KNOWN = Wordings(WORDINGS)


def defined(text: str, wording: str) -> Match:
    """What `match` means for one wording, said without any short cut."""
    if text.strip() == wording:
        return Match.EXACT
    if plain(text) == plain(wording) or (core(text) and core(text) == core(wording)):
        return Match.SAME
    said, meant = bare(text), bare(wording)
    if not (said and meant):
        return Match.NONE
    if said == meant:
        return Match.NOTED
    if len(meant) >= 4 and plain(text).endswith(core(wording)):
        return Match.PART
    alike = SequenceMatcher(None, said, meant, autojunk=False).ratio()
    return Match.CLOSE if alike >= 0.75 else Match.NONE


@st.composite
def said(draw: st.DrawFn) -> str:
    """A label with some characters changed, taken out or put in, notes among them."""
    text = list(draw(st.sampled_from(WORDINGS)))
    pieces = st.sampled_from(["", "的", "件", " ", "（注）", "①", "、", "数", "(", "1.", "（一）"])
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(text)))
        text[at : at + draw(st.integers(0, 2))] = draw(pieces)
    return "".join(text)


@given(said())
def test_wordings_are_found_by_the_definition(text: str) -> None:
    """All wordings that a text says best, and how well, are those of comparing it with each."""
    each = [defined(text, wording) for wording in WORDINGS]
    best = max(each)
    found = [at for at, quality in enumerate(each) if quality is best]
    quality, numbers = KNOWN.match(text)
    assert (quality, list(numbers)) == (best, found if best else [])


@given(said(), st.lists(st.sampled_from(WORDINGS), max_size=4))
def test_a_text_against_a_few_wordings(text: str, wordings: list[str]) -> None:
    """`match` is the best of comparing a text with each; with none, nothing is said."""
    expected = max((defined(text, wording) for wording in wordings), default=Match.NONE)
    assert match(text, wordings) is expected

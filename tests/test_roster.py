"""Names of offices in a text: all that stand there, and no other."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.roster import Roster

letters = st.text(alphabet="街镇乡局府", max_size=4)


@given(
    st.frozensets(letters.filter(bool), max_size=12), st.text(alphabet="街镇乡局府。", max_size=30)
)
def test_all_that_stand_in_a_text(names: frozenset[str], text: str) -> None:
    """The same as looking for each."""
    assert Roster(names).named(text) == {name for name in names if name in text}

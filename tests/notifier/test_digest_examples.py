from __future__ import annotations

from services.ideas.deeds import Accept, Doer, Find, Verdict
from services.ideas.digest_examples import examples
from services.ideas.register import Register
from services.ideas.staff_mail.grammar import read_answer
from services.ideas.staff_mail.vocabulary import Vocabulary
from tests.conftest import NOON, on_sqlite
from tests.submissions import CATCH_ALL_BODY, CHEMNITZ, UNCERTAIN, submit

pytestmark = on_sqlite
STAFF = Doer("staff")


async def lines(register: Register, body: str) -> tuple[str, ...]:
    """The examples for the first idea of a body's draft; each is read as the instruction that it shows."""
    draft = await register.digest_reading.draft(body, None, NOON, NOON)
    found = examples(register.catalogue, body, draft.items[0])
    read = [read_answer(line, Vocabulary.of(register.catalogue)).instructions for line in found]
    assert [len(each) for each in read] == [1] * len(found)
    assert [each[0].text for each in read if each[0].wish is None or each[0].wish.unknown] == []
    return found


async def test_whoever_has_an_idea_by_its_place_passes_it_on_to_a_neighbour(register: Register) -> None:
    """A yes, a no, a body of its own kind, and a question."""
    await submit(register)

    assert await lines(register, CHEMNITZ) == (
        "1 annehmen",
        "1 ablehnen: Grund",
        "1 weiter Landratsamt Erzgebirgskreis: Grund",
        "1 nicht zuständig: Grund",
        "1 Rückfrage: Ihre Frage",
    )


async def test_whoever_triages_names_the_topic(register: Register) -> None:
    """And cannot give back what nobody else has."""
    await submit(register, understanding=UNCERTAIN)
    found = await lines(register, CATCH_ALL_BODY)

    assert found[0].startswith("1 Thema ")
    assert found[1:] == ("1 ablehnen: Grund", "1 weiter Stadt Chemnitz: Grund", "1 Rückfrage: Ihre Frage")


async def test_whoever_leads_a_stage_passes_it_on_along_the_chain(register: Register) -> None:
    """To who leads the next one; where a finding is missing, it comes first."""
    reference = await submit(register)
    await register.work.act(reference, Accept(), STAFF, NOON)
    of_the_council = await lines(register, CATCH_ALL_BODY)
    await register.work.act(reference, Accept(), STAFF, NOON)
    of_the_ministries = await lines(register, "imag")
    await register.work.act(reference, Find("Umsetzbarkeit", Verdict.YES), STAFF, NOON)

    assert of_the_council[0] == "1 annehmen"
    assert "1 weiter IMAG: Grund" in of_the_council
    assert of_the_ministries[0] == "1 Umsetzbarkeit ja"
    assert [line for line in of_the_ministries if "weiter" in line] == []
    assert (await lines(register, "imag"))[0] == "1 Finanzierbarkeit ja"
    await register.work.act(reference, Find("Finanzierbarkeit", Verdict.YES), STAFF, NOON)
    assert (await lines(register, "imag"))[0] == "1 annehmen"
    assert "1 weiter Lenkungskreis: Grund" in await lines(register, "imag")


async def test_of_what_a_body_no_longer_has_there_is_no_example(register: Register) -> None:
    """Though its digest names it."""
    reference = await submit(register)
    await register.work.act(reference, Accept(), Doer("x", CHEMNITZ), NOON)

    assert await lines(register, CHEMNITZ) == ()

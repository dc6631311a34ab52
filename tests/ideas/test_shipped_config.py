from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

from nlp.understanding import Kind, Understanding
from services.ideas.bodies import Cadence
from services.ideas.catalogue import Catalogue, read_catalogue
from services.ideas.routing import CATCH_ALL, route
from services.ideas.settings import Settings
from tests.ideas.samples import understood

SHIPPED = Path(__file__).parents[2] / "config"
FIVE = {
    "14511": "stadt-chemnitz",
    "14521": "landratsamt-erzgebirgskreis",
    "14522": "landratsamt-mittelsachsen",
    "14523": "landratsamt-vogtlandkreis",
    "14524": "landratsamt-zwickau",
}
MINISTRIES = {"smwa", "smil", "smk", "smwk", "sms", "smul", "smi", "sk"}
REFUSED = "nicht-weiterverfolgt"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(SHIPPED, {})


def destinations(catalogue: Catalogue, understanding: Understanding, stage: str) -> dict[str, str]:
    """The bodies that such an idea goes to at a stage, each with its rule."""
    found = route(catalogue.routes, catalogue.catch_all, understanding, stage)
    return {destination.body: destination.rule for destination in found}


def test_shipped_settings_are_the_defaults(catalogue: Catalogue) -> None:
    """What settings.toml documents is what holds without it."""
    assert catalogue.settings == Settings()


def test_shipped_settings_name_every_key_but_secrets() -> None:
    """Every key stands in settings.toml, save secrets, which are named as environment variables only."""
    text = (SHIPPED / "settings.toml").read_text(encoding="utf-8")
    written = {(section, key) for section, keys in tomllib.loads(text).items() for key in keys}
    fields = {
        (section, key): field.annotation
        for section, model in Settings.model_fields.items()
        for key, field in type(model.default).model_fields.items()
    }
    secrets = {name for name, annotation in fields.items() if annotation is SecretStr}
    assert written == set(fields) - secrets
    variables = {f"IDEENKANAL_{section}_{key}".upper() for section, key in secrets}
    assert variables <= set(re.findall(r"IDEENKANAL_[A-Z0-9_]+", text))


def test_there_are_twelve_topics(catalogue: Catalogue) -> None:
    """The region's topics are twelve."""
    assert len(catalogue.topics) == 12


def test_every_topic_has_its_ministry(catalogue: Catalogue) -> None:
    """In the examination that the IMAG leads each topic leads to a ministry."""
    assert catalogue.lifecycle.stages["fachpruefung-imag"].body == "imag"
    for topic in catalogue.topics:
        assert set(destinations(catalogue, understood((topic,), ()), "fachpruefung-imag")) <= MINISTRIES, topic


def test_every_ministry_has_its_topic(catalogue: Catalogue) -> None:
    """No ministry is listed that no topic leads to."""
    everything = understood(tuple(catalogue.topics), ())
    assert set(destinations(catalogue, everything, "fachpruefung-imag")) >= MINISTRIES


@pytest.mark.parametrize("kind", [Kind.IDEA, Kind.COMPLAINT, Kind.QUESTION])
@pytest.mark.parametrize("district", FIVE)
def test_every_district_has_its_authority(catalogue: Catalogue, district: str, kind: Kind) -> None:
    """What is understood to be about a district goes to that district's authority alone."""
    found = destinations(catalogue, understood(("mobility",), (district,), kind), catalogue.lifecycle.routed)
    assert set(found) == {FIVE[district]}


def test_the_five_districts_are_the_shipped_ones(catalogue: Catalogue) -> None:
    """Routes and places speak of the same five districts."""
    assert set(catalogue.districts) == set(FIVE)


def test_the_whole_region_is_the_regionalkonvents(catalogue: Catalogue) -> None:
    """An idea for the whole region goes to the Regionalkonvent by a rule, not for want of one."""
    found = destinations(catalogue, understood(("energy",), ("region",)), catalogue.lifecycle.routed)
    assert found == {"regionalkonvent": "ort-ganze-region"}


@pytest.mark.parametrize(
    "unclear",
    [
        understood((), ("14524",), abstained=True),
        understood(("mobility",), ()),
        understood(("mobility",), ("outside",)),
        understood((), ("14524",), kind=Kind.SPAM),
        understood((), ("14524",), kind=Kind.OTHER),
    ],
    ids=["no topic", "no place", "outside", "spam", "small talk"],
)
def test_a_person_looks_first_at_what_is_unclear(catalogue: Catalogue, unclear: Understanding) -> None:
    """What the program cannot place waits with the Regionalkonvent."""
    assert destinations(catalogue, unclear, catalogue.lifecycle.routed) == {"regionalkonvent": CATCH_ALL}


@pytest.mark.parametrize(
    ("stage", "body"),
    [
        ("pruefung-regionalkonvent", "regionalkonvent"),
        ("fachpruefung-imag", "imag"),
        ("lenkungskreis", "lenkungskreis"),
        ("aufgenommen", "regionalkonvent"),
    ],
)
def test_the_way_is_a_chain_of_stages(catalogue: Catalogue, stage: str, body: str) -> None:
    """Each examining stage has a body that leads it, an expected time, an outlook, and a stage to which a yes leads."""
    found = catalogue.lifecycle.stages[stage]
    assert found.body == body
    assert found.expected_days
    assert found.outlook
    assert found.accept in found.next


def test_the_ministries_find_two_things(catalogue: Catalogue) -> None:
    """Whether it can be done, and whether it can be paid for."""
    assert catalogue.lifecycle.stages["fachpruefung-imag"].findings == ("Umsetzbarkeit", "Finanzierbarkeit")


def test_the_members_of_the_regionalkonvent_hear_before_they_sit(catalogue: Catalogue) -> None:
    """What is under examination goes into their folder, also where the program was sure of nothing."""
    found = destinations(catalogue, understood((), (), abstained=True), "pruefung-regionalkonvent")
    assert found == {"regionalkonvent-sitzung": "stufe-regionalkonvent"}
    assert catalogue.bodies["regionalkonvent-sitzung"].digest.every is Cadence.SITTING


def test_every_body_can_be_written_to(catalogue: Catalogue) -> None:
    """Every address is within the domains that answers are taken from, and every domain is some body's."""
    domains = {address.rpartition("@")[2] for body in catalogue.bodies.values() for address in body.email}
    assert domains == set(catalogue.domains)


def test_every_stage_before_the_end_can_be_refused(catalogue: Catalogue) -> None:
    """At each stage but the last three, staff may stop an idea."""
    stopping = {stage.id for stage in catalogue.lifecycle.stages.values() if REFUSED in stage.next}
    assert stopping == set(catalogue.lifecycle.stages) - {REFUSED, "umgesetzt", "zurueckgezogen"}


def test_only_a_refusal_needs_a_reason(catalogue: Catalogue) -> None:
    """Nobody is refused without a reason."""
    assert [stage.id for stage in catalogue.lifecycle.stages.values() if stage.needs_note] == [REFUSED]


def test_a_refused_idea_may_come_back(catalogue: Catalogue) -> None:
    """What is done is done; what was refused may be examined again."""
    assert catalogue.lifecycle.stages["umgesetzt"].next == ()
    assert catalogue.lifecycle.stages[REFUSED].next == ("pruefung-regionalkonvent",)


def test_submitters_hear_of_every_later_stage(catalogue: Catalogue) -> None:
    """Only the two stages that the confirmation speaks of pass in silence, and what submitters did themselves."""
    silent = {stage.id for stage in catalogue.lifecycle.stages.values() if not stage.tells_submitter}
    assert silent == {"eingegangen", "zugeordnet", "zurueckgezogen"}


def test_explanations_are_short(catalogue: Catalogue) -> None:
    """One or two sentences of at most 15 words explain a stage."""
    for stage in catalogue.lifecycle.stages.values():
        sentences = [text for text in re.split(r"[.!?:]\s*", stage.explanation) if text]
        assert max(len(sentence.split()) for sentence in sentences) <= 15, stage.id
        assert len(re.findall(r"[.!?](?=\s|$)", stage.explanation)) <= 2, stage.id


def test_shipped_addresses_reach_nobody(catalogue: Catalogue) -> None:
    """Every address is an example (RFC 2606), so that no untouched installation writes to a real authority."""
    addresses = [address for body in catalogue.bodies.values() for address in body.email]
    addresses += catalogue.settings.email.addresses
    assert [address for address in addresses if not re.search(r"[@.]example\.org$", address)] == []


@pytest.mark.parametrize("body", ["imag", "lenkungskreis"])
def test_councils_get_a_weekly_digest(catalogue: Catalogue, body: str) -> None:
    """Bodies that meet rarely are written to on Mondays at 7."""
    plan = catalogue.bodies[body].digest
    assert (plan.every, plan.weekday, plan.hour) == (Cadence.WEEKLY, 1, 7)

"""The models of an installation."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nlp.model_store import SHIPPED, STATE, ModelStore, ModelStoreError, Standing
from tests.nlp.stored_models import stored_model, trained


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(stored_model(tmp_path / "shipped", "1.0"), tmp_path / "var" / "models")


def standings(store: ModelStore) -> dict[str, Standing]:
    return {model.name: model.standing for model in store.versions()}


def test_before_anything_was_learned_the_shipped_model_serves(store: ModelStore) -> None:
    """An installation that has never trained has one model, and no folder for others."""
    assert store.serving() == store.shipped
    assert standings(store) == {SHIPPED: Standing.SERVING}
    assert store.stamp() is None


def test_a_candidate_serves_only_once_it_is_promoted(store: ModelStore) -> None:
    """A trained model changes nothing until it is promoted, and then its folder is the serving one."""
    before = store.stamp()
    trained(store, "1.0-a")
    assert (store.serving(), store.stamp()) == (store.shipped, before)

    store.promote("1.0-a")
    assert store.serving() == store.path("1.0-a")
    assert store.stamp() != before
    assert standings(store) == {SHIPPED: Standing.EARLIER, "1.0-a": Standing.SERVING}


def test_another_process_sees_what_was_promoted(store: ModelStore, tmp_path: Path) -> None:
    """A second store on the same folders has another stamp, and the same model serves."""
    other = ModelStore(store.shipped, tmp_path / "var" / "models")
    seen = other.stamp()
    trained(store, "1.0-a")
    store.promote("1.0-a")
    assert other.stamp() != seen
    assert other.serving().name == "1.0-a"


def test_each_promotion_changes_the_stamp(store: ModelStore) -> None:
    """Also one that follows at once and writes as many bytes."""
    stamps = set()
    for version in ("1.0-a", "1.0-b", "1.0-c"):
        trained(store, version)
        store.promote(version)
        stamps.add(store.stamp())
    assert len(stamps) == 3


def test_rolling_back_leads_to_the_model_before(store: ModelStore) -> None:
    """The one before serves again, the other stays as a candidate; before the first one there is nothing."""
    for number, version in enumerate(("1.0-a", "1.0-b")):
        trained(store, version, made_at=number)
        store.promote(version)

    assert store.rollback() == "1.0-a"
    assert store.serving().name == "1.0-a"
    assert standings(store)["1.0-b"] is Standing.CANDIDATE
    with pytest.raises(ModelStoreError, match="no earlier model"):
        store.rollback()


def test_rolling_back_the_first_model_leads_to_the_shipped_one(store: ModelStore) -> None:
    """What was learned first can be taken back as well."""
    trained(store, "1.0-a")
    store.promote("1.0-a")
    assert store.rollback() == SHIPPED
    assert store.serving() == store.shipped


def test_the_two_last_promoted_models_are_kept(store: ModelStore) -> None:
    """Older models go, and candidates that were refused before; a newer candidate stays."""
    for number, version in enumerate(("1.0-a", "1.0-refused", "1.0-b", "1.0-c")):
        trained(store, version, made_at=number)
    trained(store, "1.0-newer", made_at=9)
    for version in ("1.0-a", "1.0-b", "1.0-c"):
        store.promote(version)
    assert standings(store) == {
        SHIPPED: Standing.CANDIDATE,
        "1.0-b": Standing.EARLIER,
        "1.0-c": Standing.SERVING,
        "1.0-newer": Standing.CANDIDATE,
    }


def test_the_shipped_model_can_be_promoted(store: ModelStore) -> None:
    """It takes its turn like any other, and the learned one stays for a rollback."""
    trained(store, "1.0-a")
    store.promote("1.0-a")
    store.promote(SHIPPED)
    assert store.serving() == store.shipped
    assert store.rollback() == "1.0-a"


def test_a_model_that_is_damaged_later_gives_way_to_the_shipped_one(
    store: ModelStore, caplog: pytest.LogCaptureFixture
) -> None:
    """The shipped model serves, an error says so, and the list shows that the version cannot be read."""
    trained(store, "1.0-a")
    store.promote("1.0-a")
    (store.path("1.0-a") / "meta.json").write_text("{")

    assert store.serving() == store.shipped
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "1.0-a" in caplog.text
    assert {model.name: model.version for model in store.versions()} == {SHIPPED: "1.0", "1.0-a": ""}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"promoted": []}', '{"promoted": [3]}', '{"promoted": ["../x"]}'])
def test_a_damaged_state_gives_way_to_the_shipped_model(
    store: ModelStore, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    """Whatever stands in the file, the shipped model serves and an error names the file."""
    store.path(STATE).parent.mkdir(parents=True)
    store.path(STATE).write_text(content)
    assert store.serving() == store.shipped
    assert STATE in caplog.text


@pytest.mark.parametrize("name", ["1.0-z", "../shipped", ".draft-1", ""])
def test_an_unknown_version_is_refused(store: ModelStore, name: str) -> None:
    """The message names the versions that there are, and nothing changes."""
    trained(store, "1.0-a")
    with pytest.raises(ModelStoreError, match=r"shipped, 1\.0-a"):
        store.promote(name)
    assert store.serving() == store.shipped


def test_a_candidate_that_cannot_be_read_is_not_promoted(store: ModelStore) -> None:
    """What would not serve is refused, and says why."""
    trained(store, "1.0-a")
    (store.path("1.0-a") / "meta.json").write_text("{}")
    with pytest.raises(ModelStoreError, match="damaged"):
        store.promote("1.0-a")
    assert store.serving() == store.shipped


def test_the_same_version_replaces_itself(store: ModelStore) -> None:
    """What is trained again from the same examples takes the place of what was there."""
    (store.path(trained(store, "1.0-a")) / "left-over").touch()
    trained(store, "1.0-a")
    assert not (store.path("1.0-a") / "left-over").exists()


def test_promotions_at_once_leave_a_whole_state(store: ModelStore, tmp_path: Path) -> None:
    """Several processes may promote: in the end the file names two models, and the last one serves."""
    names = [trained(store, f"1.0-{letter}") for letter in "abcdefgh"]
    others = [ModelStore(store.shipped, tmp_path / "var" / "models") for _ in names]

    def promote(other: ModelStore, name: str) -> bool:
        try:
            other.promote(name)
        except ModelStoreError:  # it was older than what another one had promoted
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert any(pool.map(promote, others, names))
    promoted = json.loads(store.path(STATE).read_text())["promoted"]
    assert len(promoted) == 2
    assert store.serving().name == promoted[-1]
    assert [path.name for path in store.path("").iterdir() if path.name.startswith(".serving")] == []


def test_what_has_learned_from_erased_texts_is_removed(store: ModelStore) -> None:
    """The one that serves stays, the shipped one takes the other's place, and a rollback leads there."""
    lessons = {"1.0-a": ["one", "erased"], "1.0-b": ["one"], "1.0-c": ["erased"]}
    for number, (version, taught) in enumerate(lessons.items()):
        trained(store, version, made_at=number, taught=taught)
    store.promote("1.0-a")
    store.promote("1.0-b")
    seen = store.stamp()

    assert store.forget(["one", "two"]) == ("1.0-a", "1.0-c")
    assert standings(store) == {SHIPPED: Standing.EARLIER, "1.0-b": Standing.SERVING}
    assert store.stamp() != seen
    assert store.rollback() == SHIPPED


def test_a_serving_model_is_not_removed(store: ModelStore) -> None:
    """Also one that has learned from what is erased serves until another one does."""
    trained(store, "1.0-a", taught=["erased"])
    store.promote("1.0-a")
    assert store.forget([]) == ()
    assert store.serving().name == "1.0-a"

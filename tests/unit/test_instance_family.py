"""The instance family: names say everything, bytes are the same, cases can be planned, lies are seen."""

from __future__ import annotations

import json

import pytest

from benchmarks import family
from benchmarks.family_instances import HAZARDS, TOPOLOGIES, UNKNOWN_P, Instance, Name, members
from safepassage.cli import main
from safepassage.formats.containers import canonical_json

SMALL = Name.parsed("v1-river-2z-moving-conflicting-scarce-500p-s3")


def test_a_name_says_everything():
    assert str(SMALL) == "v1-river-2z-moving-conflicting-scarce-500p-s3"
    assert Name.parsed(str(SMALL)) == SMALL
    published = [str(name) for name in members()]
    assert len(published) == len(set(published)) == 24


@pytest.mark.parametrize(
    "text", ["", "v2-river-2z-moving-conflicting-scarce-500p-s3", "v1-sea-2z-moving-x-y-500p-s3"]
)
def test_other_names_are_refused(text):
    with pytest.raises(ValueError, match="instance"):
        Name.parsed(text)


def test_the_same_name_gives_the_same_bytes_and_another_seed_others():
    files = Instance(SMALL).files()
    assert files == Instance(SMALL).files()
    other = Instance(Name.parsed(str(SMALL).replace("-s3", "-s4"))).files()
    assert files["demand.csv"] != other["demand.csv"]


def test_bytes_are_those_that_were_published():
    import hashlib

    files = Instance(SMALL).files()
    whole = hashlib.sha256(b"".join(name.encode() + data for name, data in sorted(files.items()))).hexdigest()
    assert whole[:16] == "185a37d4abcfaf11"


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("hazard", HAZARDS)
def test_every_case_can_be_read_without_an_error(tmp_path, capsys, topology, hazard):
    name = Name.parsed(f"v1-{topology}-2z-{hazard}-conflicting-ample-500p-s1")
    family.generate(tmp_path, [name])
    assert main(["check", str(tmp_path / str(name))]) == 0
    assert "0 errors" in capsys.readouterr().out


def test_the_truth_is_drawn_as_often_as_the_instance_says():
    shut = doubtful = 0
    for seed in range(200):
        instance = Instance(Name.parsed(f"v1-grid-0z-none-conflicting-ample-500p-s{seed}"))
        unknown = {link for link, status in instance.doubtful() if status == "UNKNOWN"}
        doubtful += len(unknown)
        shut += len(unknown & set(instance.truth()["shut_links"]))
    error = 4 * (UNKNOWN_P * (1 - UNKNOWN_P) / doubtful) ** 0.5
    assert abs(shut / doubtful - UNKNOWN_P) <= error


@pytest.mark.slow
def test_a_plan_is_scored_and_a_changed_one_is_not_believed(tmp_path, capsys):
    family.generate(tmp_path, [SMALL])
    instance, out = tmp_path / str(SMALL), tmp_path / "out"
    assert main(["plan", str(instance), "-o", str(out), "--work-limit", "100000"]) in {0, 3}
    found = family.score(instance, out)
    assert found["verified"]
    assert 0 <= found["out_in_truth"] <= found["served"] <= found["demand"]
    assert found["person_min"] >= found["bound_person_min"] > 0
    other = tmp_path / "v1-river-2z-moving-conflicting-scarce-500p-s4"
    family.generate(tmp_path, [Name.parsed(other.name)])
    assert family.score(other, out)["fault"] == "the inputs are not the instance's"
    path = next((out / "RESTRICTED").glob("*-plan.json"))
    document = json.loads(path.read_text("utf-8"))
    document["directions"][0]["persons_served"] += 1
    path.write_bytes(canonical_json.encode(document))
    lied = family.score(instance, out)
    assert not lied["verified"]
    assert "out_in_truth" not in lied

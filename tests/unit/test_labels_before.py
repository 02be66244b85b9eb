"""Points of an envelope list what changed in their labels: the sums are those of the labels in full."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest

from safepassage.engines.bounds.label_cut import LabelCuts as Cuts
from safepassage.formats.containers import canonical_json
from safepassage.testing.draws import Draws
from safepassage_verify import verify
from safepassage_verify.bounds import LabelCuts, pairs
from safepassage_verify.snapshot import read_snapshot
from safepassage_verify.verdict import Findings
from tests.support.planned import planned
from tests.support.sketch import Sketch

SIDE, STRIDE_S = 5, 600


def streets(seed):
    """A square of streets of drawn lengths and widths with people at many corners and one site."""
    chance = Draws(seed)
    sketch = Sketch(SIDE * SIDE, horizon_s=4 * 3_600, junction_wait_max_s=120, persons_per_car=3)
    for node in range(SIDE * SIDE):
        if node % SIDE < SIDE - 1:
            sketch.road(node, node + 1, chance.between(20, 90), chance.pick([60, 120, 400]))
        if node < SIDE * (SIDE - 1):
            sketch.road(node, node + SIDE, chance.between(20, 90), chance.pick([60, 120, 400]))
        if node % 3:
            sketch.town(f"t{node}", node, chance.between(5, 60))
    sketch.site("s", 0)
    return sketch


def coarse(cuts, horizon_s):
    """Return the labels of the next of few horizons with one label drawn: any labels are valid."""
    later_s = min(-(-horizon_s // STRIDE_S) * STRIDE_S, cuts.problem.network.horizon_s)
    found = cuts.least(later_s)
    alpha = found.alpha.copy()
    alpha[1 + horizon_s % (cuts.problem.network.n_nodes - 1)] -= horizon_s % 7
    return found._replace(horizon_s=horizon_s, alpha=alpha, phi=cuts.phi(alpha, horizon_s))


def in_full(found):
    """Yield (cuts, second, part, all of its labels) of the envelope, as the model has them."""
    snapshot = read_snapshot(found.inputs, Findings())
    cuts, before = {}, {}
    for point in found.certificate["envelope"]:
        for part in listing(point):
            key = point["direction"], part["commodity"]
            cuts.setdefault(key, LabelCuts(snapshot, *key))
            if part["extension"] == "before":
                alpha = before[key].copy()
                for node, label in part["labels"]:
                    alpha[node] = label
            else:
                alpha = cuts[key].labels(point["t_s"], pairs(part["labels"]), part["extension"])
            before[key] = alpha
            yield cuts[key], point["t_s"], part, alpha


def listing(point):
    return [part for part in point["parts"] if part["commodity"] in ("cars", "persons")]


@pytest.fixture(scope="module")
def plans():
    """Return plans in whose certificates points go on from the labels of the one before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cuts, "best", coarse)
        made = [planned(streets(seed)) for seed in range(3)]
    rules = [part["extension"] for found in made for _, _, part, _ in in_full(found)]
    assert rules.count("before") >= 25
    return made


def test_what_changed_stands_for_all_labels(plans):
    for found in plans:
        assert found.verdict.verified, found.verdict.violations
        for cuts, t, part, alpha in in_full(found):
            every = [[node, int(label)] for node, label in enumerate(alpha)]
            assert cuts.phi(t, every) == part["phi"]


def test_a_list_is_never_longer_than_by_another_rule(plans):
    for found in plans:
        for cuts, t, part, alpha in in_full(found):
            for rule in ("distance", "earliest"):
                other = cuts.labels(t, pairs([]), rule)
                assert len(part["labels"]) <= np.count_nonzero(alpha != other)


def test_a_changed_label_is_rejected_or_leaves_every_sum_true(plans):
    """A label that others go on from counts for all of them: whatever is accepted was summed again."""
    rejected = 0
    for found in plans:
        certificate = found.certificate
        for point in certificate["envelope"]:
            for part in listing(point)[:1]:
                if not part["labels"]:
                    continue
                changed = copy.deepcopy(certificate)
                own = next(row for row in changed["envelope"] if row["t_s"] == point["t_s"])
                listing(own)[0]["labels"][0][1] += 40
                verdict = verify(found.inputs, found.plan, changed)
                rejected += not verdict.verified
                if verdict.verified:
                    files = found.files | {"certificate": canonical_json.encode(changed)}
                    for cuts, t, same, alpha in in_full(replace(found, files=files)):
                        assert cuts.total(t, alpha) == same["phi"]
    assert rejected >= 5


def test_without_labels_before_the_rule_says_nothing(plans):
    certificate = plans[0].certificate
    first = next(part for point in certificate["envelope"] for part in listing(point))
    first["extension"] = "before"
    assert "REFERENCE" in verify(plans[0].inputs, plans[0].plan, certificate).counts


def test_a_bound_stands_for_itself(plans):
    certificate = plans[0].certificate
    certificate["bounds"][0]["extension"] = "before"
    assert "SCHEMA" in verify(plans[0].inputs, plans[0].plan, certificate).counts

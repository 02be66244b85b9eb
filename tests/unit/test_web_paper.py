"""Paper comes from an accepted plan only."""

from __future__ import annotations

import pytest

from safepassage.store import exports as store_exports
from tests.support.browsing import browsing
from tests.support.desks import desk_and_app, sign_in, with_plan


@pytest.fixture
def at_desk():
    with desk_and_app() as (desk, app), browsing(app) as browser:
        sign_in(browser, "planner")
        yield desk, browser


def exports(desk):
    return [entry for entry in desk.folding.entries if entry.kind == "export.made"]


def test_without_an_accepted_plan_nothing_is_printed(at_desk):
    desk, browser = at_desk
    with_plan(desk)
    assert "accept one first" in browser.get("/paper").text
    for path, form in (
        ("/paper/sheets", {"language": "uk", "vehicle:x": "yes"}),
        ("/paper/notice", {"why": "x"}),
    ):
        assert browser.post(path, form).status_code == 422
    assert browser.get("/paper/notice/PUBLIC-notice.txt").status_code == 404
    assert exports(desk) == []


class TestWhatLeaves:
    """The notice leaves after the audit stands in the log, each rule that is not kept with a name."""

    @pytest.fixture
    def approver(self):
        with desk_and_app() as (desk, app), browsing(app) as browser:
            made = with_plan(desk)
            sign_in(browser, "approver")
            form = {"plan": made.sha256, "id": "acc-1", "why": "it holds", "although": "yes"}
            browser.post("/plan/accept", form)
            yield desk, browser, made

    def failing(self, made):
        return [row["id"] for row in made.document("audit")["findings"] if row["verdict"] == "FAIL"]

    def kinds(self, desk):
        return [entry.kind for entry in desk.folding.entries]

    def overridden(self, browser, rules):
        return browser.post("/paper/overrides", {f"reason:{rule}": f"because {rule}" for rule in rules})

    def test_the_audit_is_recorded_with_the_acceptance(self, approver):
        desk, browser, made = approver
        assert self.kinds(desk)[-2:] == ["audit.made", "plan.accepted"]
        size = desk.folding.size
        form = {"plan": made.sha256, "id": "acc-1", "why": "it holds", "although": "yes"}
        assert browser.post("/plan/accept", form).status_code == 200
        assert desk.folding.size == size

    def test_an_acceptance_although_rules_are_not_kept_releases_nothing(self, approver):
        desk, browser, made = approver
        assert self.failing(made)
        answer = browser.post("/paper/notice", {"why": "asked for"})
        assert answer.status_code == 422
        assert all(rule in answer.text for rule in self.failing(made))
        assert exports(desk) == []

    def test_each_rule_has_a_name_and_a_reason_before_the_notice_leaves(self, approver):
        desk, browser, made = approver
        rules = self.failing(made)
        assert self.overridden(browser, rules[1:]).status_code == 200
        assert browser.post("/paper/notice", {"why": "asked for"}).status_code == (422 if rules[:1] else 200)
        assert self.overridden(browser, rules[:1]).status_code == 200
        assert browser.post("/paper/notice", {"why": "asked for"}).status_code == 200
        rows = [e for e in desk.folding.entries if e.kind == "audit.overridden"]
        assert {(e.body["rule"], e.by, e.why) for e in rows} == {
            (r, "approver", f"because {r}") for r in rules
        }
        assert len(exports(desk)) == 1

    def test_an_override_taken_back_holds_the_notice_again(self, approver):
        desk, browser, made = approver
        self.overridden(browser, self.failing(made))
        row = next(e for e in desk.folding.entries if e.kind == "audit.overridden")
        assert browser.post("/changes/undo", {"entry": row.id, "why": "too early"}).status_code == 200
        answer = browser.post("/paper/notice", {"why": "asked for"})
        assert answer.status_code == 422
        assert row.body["rule"] in answer.text
        assert exports(desk) == []

    def test_without_its_record_nothing_leaves_although_every_rule_is_overridden(self, approver):
        desk, browser, made = approver
        self.overridden(browser, self.failing(made))
        store = desk.journal.store
        for entry in [e for e in desk.folding.entries if e.kind == "audit.made"]:
            store.undo(entry.id, by="somebody", why="behind the pages", org=desk.org)
        answer = browser.post("/paper/notice", {"why": "asked for"})
        assert answer.status_code == 422
        assert "does not stand in the log" in answer.text

    def test_no_reason_or_a_rule_that_is_kept_is_refused(self, approver):
        desk, browser, made = approver
        size = desk.folding.size
        assert browser.post("/paper/overrides", {"reason:SP-18": " "}).status_code == 422
        kept = next(r["id"] for r in made.document("audit")["findings"] if r["verdict"] != "FAIL")
        assert self.overridden(browser, [kept]).status_code == 422
        assert desk.folding.size == size

    def test_only_who_approves_takes_responsibility(self, approver):
        desk, browser, made = approver
        size = desk.folding.size
        sign_in(browser, "planner")
        assert self.overridden(browser, self.failing(made)).status_code == 403
        assert desk.folding.size == size

    @pytest.mark.slow
    def test_the_files_are_those_of_a_signed_list(self, approver):
        desk, browser, made = approver
        self.overridden(browser, self.failing(made))
        assert 'name="id" value="export-' in browser.get("/paper").text
        for _ in range(2):
            browser.post("/paper/notice", {"why": "asked for", "id": "export-abc"})
        [entry] = exports(desk)
        manifest = browser.get(f"/paper/exports/{entry.seq}").json()
        files = {name: browser.get(f"/paper/notice/{name}").content for name in manifest["files"]}
        assert store_exports.faults(manifest, files) == []
        assert {browser.get(f"/paper/notice/{n}").headers["x-safepassage-class"] for n in files} == {"PUBLIC"}
        assert browser.get("/paper").headers["x-safepassage-class"] == "RESTRICTED"
        assert manifest["class"] == "PUBLIC"
        assert manifest["plan_sha256"] == made.sha256
        assert "not a guarantee" in manifest["statement"]
        assert store_exports.faults(manifest, {**files, "PUBLIC-notice.txt": b"another"})
        assert browser.get(f"/paper/exports/{entry.seq - 1}").status_code == 404
        for seq in ("0", "x", "-1", "9" * 40):
            assert browser.get(f"/paper/exports/{seq}").status_code == 404

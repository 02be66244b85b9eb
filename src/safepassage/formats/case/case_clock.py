"""What understands times as people type them beside a case: at the duty desk, on a command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from safepassage.domain.case import Case
from safepassage.domain.local_days import first_offset_s
from safepassage.formats.case.case_times import Clock


class ChangedOnce(tzinfo):
    """Local time of clocks that are changed once; a local time that comes twice is the one before the change.

    The name of the zone is not kept in a case, and data of zones may differ between computers: what the case
    was read with holds.
    """

    def __init__(self, at: datetime, before_s: int, after_s: int) -> None:
        """Take the moment of the change, and seconds east of UTC before and after it."""
        self._at = at.astimezone(UTC).replace(tzinfo=None)
        self._before, self._after = timedelta(seconds=before_s), timedelta(seconds=after_s)

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """Return the offset of a local time; of one that is leapt over, that of before."""
        if dt is None:
            return self._before
        local = dt.replace(tzinfo=None)
        is_before, is_after = local < self._at + self._before, local >= self._at + self._after
        if is_before == is_after:
            return self._after if dt.fold else self._before
        return self._before if is_before else self._after

    def dst(self, _: datetime | None) -> timedelta:
        """Return nothing: a case does not say which of its offsets is that of summer."""
        return timedelta(0)

    def tzname(self, dt: datetime | None) -> str:
        """Return the offset, for the name is not kept."""
        return f"UTC{self.utcoffset(dt).total_seconds() / 3600:+g}"

    def fromutc(self, dt: datetime) -> datetime:
        """Return the local time of a moment in UTC."""
        moment = dt.replace(tzinfo=None)
        if moment < self._at:
            return dt + self._before
        return (dt + self._after).replace(fold=int(moment + self._after < self._at + self._before))


def typed_clock(case: Case) -> Clock:
    """Return what understands times in the first time zone of a case, by what its clocks show then."""
    epoch, offset_s, change = datetime.fromisoformat(case.epoch), first_offset_s(case), case.clock_change
    return Clock(
        epoch=epoch, offset_s=offset_s, horizon_s=case.settings.horizon_s,
        changing=None if change is None
        else ChangedOnce(epoch + timedelta(seconds=change.at_s), offset_s, change.offset_s),
    )  # fmt: skip

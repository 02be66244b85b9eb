"""The independent verifier: recomputes a plan and its bounds from raw inputs.

It needs only the standard library and numpy and shares no code with the planner. What it checks is the
written model (docs/explanation/model.md); every code it reports stands in docs/reference/verification.md.
"""

from safepassage_verify.files import UnreadableError, verify_files
from safepassage_verify.verdict import Verdict, Violation
from safepassage_verify.verification import Checked, verify

__all__ = ["Checked", "UnreadableError", "Verdict", "Violation", "verify", "verify_files"]

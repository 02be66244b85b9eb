"""The plan audit: rules of law, standards and practice, each recomputed from situation and plan.

It knows the domain only: no planner, no solver, no file. `audit` is the one way in.
"""

from safepassage.audit.sheet import RULES, AuditInput, audit

__all__ = ["RULES", "AuditInput", "audit"]

"""What commands and pages both do with a case: read it, see its claims on its roads, check its plan."""

"""Who said what, on whose word: reports as received, claims with their chains, the ledger of both."""

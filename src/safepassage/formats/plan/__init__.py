"""Write plans, inputs, proofs and what belongs to them as JSON documents, and read them back."""

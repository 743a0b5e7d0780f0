"""From a case to a proposal, or to a refusal with reasons."""

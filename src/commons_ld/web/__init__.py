"""The endpoint: what answers over HTTP, and what keeps a hostile query from hurting it."""

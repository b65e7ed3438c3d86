"""SPARQL before an engine sees it: where a query leaves the grammar, what is wrong with it, and what is refused."""

"""Load a publication into a SPARQL store, and prove that it is there."""

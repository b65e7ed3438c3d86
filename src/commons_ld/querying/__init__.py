"""Asking SPARQL: a publication without a server, or any endpoint, and the answer as a person or a program reads it."""

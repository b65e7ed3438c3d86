"""RDF: its syntaxes and namespaces, terms and blocks as canonical N-Quads writes them, and how these are read again."""

"""The commands, each of which only calls the library; :mod:`commons_ld.cli` puts them together."""

"""Processes: work shared out among several, each started, heard and bounded."""

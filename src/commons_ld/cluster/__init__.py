"""Share an export among machines: what is published then is what one machine publishes, in shards.

A task is a unit of work that takes from a place that all machines reach, and writes there: no text of a record goes
through a scheduler. A task that is done twice writes the same bytes under the same name. See ``docs/scale.md``.
"""

"""The pipeline: from the files of the sources to what is published, doing again only what changed.

In the order of work: :mod:`~commons_ld.pipeline.finding` the files, :mod:`~commons_ld.pipeline.reading` what changed
of them, :mod:`~commons_ld.pipeline.receiving` it without personal data, :mod:`~commons_ld.pipeline.intake` into the
ledger, :mod:`~commons_ld.pipeline.converting` records to blocks, which pass in their order by
:mod:`~commons_ld.pipeline.flow`. :mod:`~commons_ld.pipeline.running` holds all that together, and
:mod:`~commons_ld.pipeline.exporting` puts the publication in its place.
"""

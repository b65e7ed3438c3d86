"""Reconciliation: which concept, person, organization, collection or record a label means."""

"""Feeds for those who harvest: made of the change log, as files that any web host serves."""

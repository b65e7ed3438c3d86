"""The site: what a web host serves, as plain files."""

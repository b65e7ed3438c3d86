"""The site: a page for everything that was published, in French and in English, for any web host."""

"""Files: locked for one process, changed as a whole, and looked at part by part."""

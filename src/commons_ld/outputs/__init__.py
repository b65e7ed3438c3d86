"""What is made of blocks: dumps, a file a record, a manifest, and their publication as one."""

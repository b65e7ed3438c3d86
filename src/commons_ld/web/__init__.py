"""What is served over HTTP: pages for people, and data for programs."""

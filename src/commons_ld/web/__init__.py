"""What is served over HTTP: pages for people, data for programs, and what keeps a hostile query from hurting them."""

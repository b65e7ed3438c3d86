"""What each harvester would say of a publication, found out without asking it: its rules, in our own words."""

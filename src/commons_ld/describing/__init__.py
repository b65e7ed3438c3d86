"""The description of the dataset, for catalogues and harvesters: schema.org, DCAT-AP 3 and VoID, beside the dumps."""

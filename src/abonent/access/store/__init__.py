"""All SQL of access, a file for each group of its tables. Entered by this room alone."""

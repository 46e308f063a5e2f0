"""A questionnaire as ODI's Open Data Pathway keeps it, one file of JSON, becomes a framework."""

"""Tables in: the schema, the header synonyms, the readers and the checks."""

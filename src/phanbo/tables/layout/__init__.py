"""From a sheet as somebody made it to rows under the names of the schema."""

"""What readers see: the tables of schema ``okr``, their rows, and the one rename that makes them visible."""

"""What the README says in figures, measured: each module has one `measure` that gives rows of a table."""

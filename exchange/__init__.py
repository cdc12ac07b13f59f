"""Health systems and files: what leaves as data."""

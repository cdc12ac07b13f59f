"""The texts of a flow file with their translations: found by stable ids, and written back to where they stand."""

"""Calls, one file an adapter; none yet."""

"""Phones: one file an adapter."""

"""The flow language: text in, Program out; it knows nothing of the rest of the house."""

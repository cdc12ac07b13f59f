"""The conversation, its memory and its motion."""

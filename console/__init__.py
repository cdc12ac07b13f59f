"""The web pages of the programme staff."""

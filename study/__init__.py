"""Flows looked at before they run: as a picture, with made-up workers, and by what their tests walk."""

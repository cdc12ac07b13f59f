"""A flow as a picture: boxes and arrows of what runs, laid out from top to bottom, as SVG or Mermaid."""

"""Flow files in an editor: what the language knows is said while the author writes"""

"""Flow files on the way into a command: found, read and checked, with everything that is wrong with them."""

"""The composition root: settings → store → channels → runtime → the ASGI app.  Only here are concrete classes named."""

"""How HTTP is spoken: routing, bodies, preconditions, exports, problems, the document."""

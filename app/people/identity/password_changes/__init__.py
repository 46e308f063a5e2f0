"""Changing one's password, and the links that let someone set a new one."""

"""How a service account passes from one person to another: offered by one, taken by the other."""

"""What dashboards pull: figures with their definitions. Owns no facts."""

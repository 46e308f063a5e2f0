"""Templates of grants: what is usually agreed in a programme, with dates relative to each other."""

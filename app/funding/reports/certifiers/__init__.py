"""Reports that none of their leads may certify."""

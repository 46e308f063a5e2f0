"""Bank statements: files in which the bank says what became of payments, line by line."""

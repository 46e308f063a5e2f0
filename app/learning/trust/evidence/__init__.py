"""Evidence for answers, and what somebody outside says of whether it holds."""

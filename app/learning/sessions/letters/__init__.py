"""Letters about sessions: invitations and what becomes of them, as iTIP (RFC 5546)."""

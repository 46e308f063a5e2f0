"""The grantee's consent to the publication of what it reported."""

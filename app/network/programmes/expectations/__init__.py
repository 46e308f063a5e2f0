"""What a programme expects of its collaborations: criteria and principles."""

"""Booking: what a grant's moves and its milestones' do to the money of the fund that pays it."""

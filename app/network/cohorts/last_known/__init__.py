"""What a cohort knew of a member on the day that its membership ended, when its dossier closed."""

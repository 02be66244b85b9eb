"""Work on humanitarian access: requests and answers, incidents by category, referrals."""

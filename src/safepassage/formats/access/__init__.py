"""Read and write access requests, referrals and public alerts."""

"""The way in and out: signing in, and what somebody looks after themselves: sessions and ways to sign in."""

"""Tips on their way to everybody: made, approved, sent, followed. Decides; never speaks SQL."""

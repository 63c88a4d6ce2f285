"""What would change a finding, what would settle it, and what to ask first over a list."""

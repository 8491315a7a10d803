"""What comes back of a round: the answers of departments, and what the section makes of them."""

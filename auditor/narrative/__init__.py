"""What the prose of sheets claims: sentences, the quantities and days in them, and claims."""

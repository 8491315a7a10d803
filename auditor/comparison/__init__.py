"""Two sets of records held together: which record is which, and what differs between the two."""

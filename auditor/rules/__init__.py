"""What is checked: rules and their files, the rows that they are judged on, and verdicts."""

"""What is handed round: one folder from one audit, with a folder for each department."""

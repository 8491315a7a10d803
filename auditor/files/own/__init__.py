"""What the program writes into its files so that it knows them again when they come back."""

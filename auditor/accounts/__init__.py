"""What the accounts say: an export of the 財務会計システム, read and paired with the sheets."""

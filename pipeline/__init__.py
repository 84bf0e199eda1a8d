"""What we make of a page: pure stages from bytes to tagged articles, and the one writer of article rows."""

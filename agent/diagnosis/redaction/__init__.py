"""What a report that is shown to strangers must not tell, and how it is found. All pure."""

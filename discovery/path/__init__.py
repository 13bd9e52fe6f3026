"""What lies between this machine and the internet: NATs, their behaviour, and who gets through."""

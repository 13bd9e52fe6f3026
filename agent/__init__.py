"""The application: it decides and lives."""

"""What stands in the installation's audit log of its backups."""

BACKUP_MADE = "backup_made"
BACKUP_VERIFIED = "backup_verified"
BACKUP_RESTORED = "backup_restored"

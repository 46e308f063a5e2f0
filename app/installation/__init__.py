"""What a machine needs: PostgreSQL, migrations, backup, the doctor, the log, the meters."""

"""Users: who signs in. Rooms are not known here."""

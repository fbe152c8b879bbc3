"""How daphne and uvicorn serve Lobby: start-up, shutdown, and what the two servers lack."""

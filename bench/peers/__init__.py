"""What Lobby is measured beside, each as its own first page shows it. None stores anything."""

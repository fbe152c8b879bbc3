"""Messages between processes, and what waits inside one: channel layer, event bus, queues."""

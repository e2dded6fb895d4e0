"""The server: wiring, HTTP border, health; the only place that knows every domain and every adapter."""

"""Chat models: the port through which every model is called, and what a call costs."""

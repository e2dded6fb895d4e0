"""Quality and speed of the product, measured by one command; results are committed with the machine they came from."""

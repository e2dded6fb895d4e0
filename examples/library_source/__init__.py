"""What the example library is built from: texts, data and the renderers that turn them into files."""

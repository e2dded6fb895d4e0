"""What can be done with the library, one verb a module."""

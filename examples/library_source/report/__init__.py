"""Writes the annual report of Harbour Lane Tools from data about sites, machines, suppliers and incidents."""

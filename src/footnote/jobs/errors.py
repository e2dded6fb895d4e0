"""How work ends early; these are signals between the runner and its steps, not answers to callers."""


class LeaseLost(Exception):
    """Another worker holds the job now: whatever this one still does must not be written."""


class JobCancelled(Exception):
    """Somebody asked for the job to end."""

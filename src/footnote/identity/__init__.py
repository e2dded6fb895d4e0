"""Who people are: organisations, users, memberships, keys and browser sessions."""

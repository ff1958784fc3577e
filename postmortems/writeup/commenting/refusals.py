class NotPossible(Exception):
    """What somebody asked for cannot be done now; the message tells them why and what to do."""

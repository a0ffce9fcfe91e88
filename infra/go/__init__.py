"""Go for this machine, and the builds that are made with it; imports the standard library only."""

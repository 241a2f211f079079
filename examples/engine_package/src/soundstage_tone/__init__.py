"""A tone generator as a Soundstage sound engine."""

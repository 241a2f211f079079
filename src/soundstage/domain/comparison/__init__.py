"""Comparing two revisions of a project: what differs, typed, with a sentence that sums it up."""

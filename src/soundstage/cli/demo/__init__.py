"""The demo: a talk made here, set up as a project; a sound and a piece of music; every product checked."""

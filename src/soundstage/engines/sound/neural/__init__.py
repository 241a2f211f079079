"""Sound by neural models: `diffusers` pipelines and MusicGen, out of folders that a person has put here."""

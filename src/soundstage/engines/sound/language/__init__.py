"""The words of prompts, for sound and for music: text, numbers, phrases of time and movement, names in other languages,
and the nearest meaning of what no lexicon holds.

Read in this order: `text` (one plain line), `glosses` (other languages, word by word), `numbers`, `phrases` (what takes
more than one word), `sentences` (the bundled encoder).
"""

"""Music by rule: prompt → plan → score → performance → sound.

Read in the order in which a piece comes into being: `understand` (with what it reads by), `style` and `repertoire`,
`tonality`, `measures`, `form`, `harmony`, `melody`, `accompaniment`, `grooves` and `patterns`, `score`, `performance`;
then who plays it: `orchestra`, `band`, on a soundfont (`font_file`, `sampler`) or synthesised (`oscillators`,
`instruments`, `percussion`); then the desk: `strip`, `mix`. `compose` ties them together, `making` writes the files.
"""

"""Music by rule and synthesis: prompt → plan → score → sound.

Read in the order in which a piece comes into being: `understand` (with `lexicon`), `styles`, `tonality`, `form`,
`harmony`, `melody`, `accompaniment`, `grooves`, `score`, then `oscillators`, `instruments`, `percussion`, `mix`;
`compose` ties them together.
"""

"""How a title is read: words, word lists, and what they add up to.

No verdict belongs here. Whether a reading is a finding, at which level and for which entry, is decided in `rules`.
"""

"""From what an organisation has already decided and measured to a draft of its cascade, for people to correct.

Nothing here judges a cascade that exists, and nothing asks a model: the same inputs give the same bytes. What cannot
be known from the inputs is written as a guess and carries the question that a person must answer.
"""

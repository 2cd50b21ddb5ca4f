"""English words that say nothing of what a text is about."""

_WORDS = """
    a about above after again against all also am an and any are as at be because been before being
    below between both but by can could did do does doing down during each few for from further get
    got had has have having he her here hers herself him himself his how i if in into is it its
    itself just like may me more most mr mrs ms my myself new no nor not now of off on once one only
    or other our ours out over own said same say says she should so some such than that the their
    theirs them then there these they this those through to told too two under until up us very was
    we were what when where which while who whom why will with would you your yours yourself
    according dont didnt isnt wasnt doesnt hes shes theyre
"""
STOP_WORDS = frozenset(_WORDS.split())

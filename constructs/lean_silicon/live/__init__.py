"""What the user's own AWS account says of instance types, offers and prices: the only part that calls AWS.

It stands outside the checker's layers, beside the command line, which loads it when ``lean-silicon catalog refresh`` runs.
It needs boto3 (``pip install 'lean-silicon[live]'``), which `lean_silicon.live.account` imports by name when an account is
asked for, and nothing else does. What it learns is written to an overlay in the user's cache directory, which
`lean_silicon.catalog` reads without AWS or boto3.
"""

"""What the user's own AWS account says: types, offers and prices; what is deployed, and what it did. The only part that calls AWS.

It stands outside the checker's layers, beside the command line, which loads it when ``lean-silicon catalog refresh``, ``rightsize`` or
``check --deployed`` runs. It needs boto3 (``pip install 'lean-silicon[live]'``), which `lean_silicon.live.account` imports by name when an
account is asked for, and nothing else does. What a refresh learns is written to an overlay in the user's cache directory, which
`lean_silicon.catalog` reads without AWS or boto3. Nothing here changes anything in an account.
"""

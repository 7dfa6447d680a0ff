"""What the user's own AWS account says of instance types, offers and prices: the only part that calls AWS.

It needs boto3 (``pip install 'lean-silicon[live]'``), which is imported when something is asked for, and stands outside the
checker's layers: the command line loads it by name when ``lean-silicon catalog refresh`` runs. What it learns is written to
an overlay in the user's cache directory, which `lean_silicon.catalog` reads without AWS or boto3.
"""

from lean_silicon.live.account import Account
from lean_silicon.live.comparison import Comparison, PriceChange, compared
from lean_silicon.live.refresh import SECTIONS, Answers, Problem, ask
from lean_silicon.live.writing import merged, remove, store, writable

__all__ = [
    "SECTIONS",
    "Account",
    "Answers",
    "Comparison",
    "PriceChange",
    "Problem",
    "ask",
    "compared",
    "merged",
    "remove",
    "store",
    "writable",
]

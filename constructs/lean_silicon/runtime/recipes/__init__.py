"""What runs in a training container to make a language model smaller: ``prune.py`` and ``distill.py``."""

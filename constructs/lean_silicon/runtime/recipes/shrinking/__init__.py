"""Pruning and distillation of language models with PyTorch and Transformers.

Each module that needs no PyTorch says so by importing none: settings, texts, places and the arithmetic of importance.
"""

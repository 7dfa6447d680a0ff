"""MDL: the smallest adequate model, chosen by evaluation."""

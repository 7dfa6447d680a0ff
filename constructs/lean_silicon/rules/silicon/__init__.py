"""SIL: choose the right silicon - Trainium to train, Inferentia to infer, Graviton for the rest."""

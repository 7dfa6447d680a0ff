"""Scripts that run on the nodes of a HyperPod cluster. Each stands alone: bash, coreutils and the standard library of Python 3.8."""

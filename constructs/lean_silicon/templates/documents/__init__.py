"""Documents inside properties: state machines, pipelines, manifests, Helm values, SDK calls.

Each module reads one language, and says either what is asked for or which API request carries it.
"""

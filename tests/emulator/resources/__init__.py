"""The ways of making a resource, nearest to its service first."""

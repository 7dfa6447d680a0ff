"""What runs for agents: a sample agent, its tool, and the function that ends agents' logs. Each folder is deployed by itself."""

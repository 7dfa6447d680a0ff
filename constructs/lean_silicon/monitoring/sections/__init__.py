"""The three parts of the dashboard, for three readers: who pays, who operates, who answers for the model."""

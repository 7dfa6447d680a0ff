"""SIZ: the smallest that does the job."""

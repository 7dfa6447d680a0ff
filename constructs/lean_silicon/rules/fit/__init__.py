"""FIT: software that matches the silicon: image, driver, architecture, EFA, Slurm topology."""

"""How the catalogue's data file is made: installed packages and hand-kept tables in, one readable JSON file out."""

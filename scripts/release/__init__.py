"""What a release is made of: the distributions, their bill of materials and their checksums."""

"""The scheduled look at what runs in an account. It runs this library itself, which lies in a layer beside it."""

"""The command line, the demo and the replica of the outlets: the only package that may import all the others."""

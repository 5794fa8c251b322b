"""The language server: what editors ask by the Language Server Protocol, over standard input and output."""

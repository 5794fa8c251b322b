"""`livecode serve`: a performance that editors reach by JSON-RPC, over loopback or a Unix socket, with a token."""

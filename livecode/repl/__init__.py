"""The prompt: input, completion, highlighting, toolbar."""

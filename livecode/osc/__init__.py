"""Open Sound Control: messages in and out over UDP, in SuperDirt's form where that is wanted."""

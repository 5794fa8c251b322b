"""The stage view: the text that is performed, and what plays, on a full screen."""

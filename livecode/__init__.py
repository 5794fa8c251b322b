"""A live-coding music environment: compose, arrange, design, mix and master in one language."""

__version__ = "0.1.0"

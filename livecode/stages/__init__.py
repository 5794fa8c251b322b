"""What each stage command means: compose, arrange, design, mix, master."""

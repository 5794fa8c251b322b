"""What is measured of sound: loudness, true peaks."""

"""What is read from the disk: folders of samples."""

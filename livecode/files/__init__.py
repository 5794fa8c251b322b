"""What is read from the disk: texts, the changes of files, folders of samples."""

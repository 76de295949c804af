"""A graph into files and engines that hold it and answer questions about it."""

"""Gold annotations into the weights that the package ships; needs PyTorch (``pip install kg[train]``)."""

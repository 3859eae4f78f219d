"""Picture files: the only door to Pillow, psd-tools and tifffile."""

"""ONNX Runtime: the only door to it."""

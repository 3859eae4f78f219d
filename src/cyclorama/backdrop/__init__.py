"""A new background by diffusion, conditioned on light and perspective."""

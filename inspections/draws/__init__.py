"""Draws: rosters, orders, and the draw itself (protocol 1)."""

"""Heartbeats: that the worker works and the timer ticks, seen by a real task each minute, and what everybody is told when they do not."""

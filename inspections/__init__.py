"""Middle floor: plans, draws and cases."""

"""检查对象名录库: who or what may be inspected, what keeps them out, and the signals recorded against them."""

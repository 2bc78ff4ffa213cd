"""更正、异议、撤回: what people say against a published result, and the only ways by which one changes or goes."""

"""Ad-hoc requests: one subject to be inspected outside the plan, on a ground of a closed list, with its document."""

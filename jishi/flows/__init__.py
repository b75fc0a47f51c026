"""What the shop does: each flow is plain functions with visible transactions over several contexts."""

"""What the market learns from what happened: analytics and advice."""

"""What people tell each other about goods: reviews, questions, social selling, live rooms, support."""

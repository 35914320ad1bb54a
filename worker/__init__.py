"""What happens later: reading pictures and training models."""

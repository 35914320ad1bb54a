"""How people reach Cifra, and what it remembers."""

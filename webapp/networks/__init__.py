"""The pages about the four families of networks: side by side, and live in the browser."""

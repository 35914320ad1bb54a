"""The sizes of a line's picture and of the string network's output."""

HEIGHT = 32  # pixels of a line's picture
STRIDE = 4  # pixels of a line's width that are one time step of the output
MAX_WIDTH = 512  # pixels; a longer line is squeezed

"""From ink to glyphs: components, grouping, reading order, touching digits, rotation."""

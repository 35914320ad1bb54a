"""From a photograph to its ink: page, letterbox, illumination, ruled lines, binarisation."""

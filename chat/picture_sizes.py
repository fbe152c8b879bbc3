"""The sizes of small pictures, in pixels. It imports nothing: every picture worker loads it."""

PREVIEW_SIZES = (320, 960, 1920)  # the longest side of a preview of a file
SQUARE_SIZES = (96, 256)  # a side of a picture of a person or a room

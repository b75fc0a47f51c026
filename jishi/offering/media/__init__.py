"""Pictures: what merchants upload, re-encoded into the sizes the shop shows.

Owns uploaded files and their variants. Promises that nothing an uploader wrote reaches a buyer as it came:
every picture is decoded, turned upright, stripped of metadata and encoded anew under a name made from its
content. Never knows what a picture is used for.
"""

"""Pictures and films: what merchants upload, re-encoded into the sizes the shop shows.

Owns uploaded files and their variants. Promises that no file of an uploader reaches a buyer as it came: every
picture is decoded, turned upright, stripped of metadata and encoded anew under a name made from its content; of a
film the streams are copied into a fresh file, and nothing else. Never knows what a picture is used for.
"""

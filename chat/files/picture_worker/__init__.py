"""The process that decodes one picture: `python -m chat.files.picture_worker remake|preview|crop`.

It gets the picture as stdin, writes into its working folder, and answers with JSON on stdout. It
starts for each picture, so it loads Pillow and nothing of Lobby: a package in `pictures` would load
that one first.
"""

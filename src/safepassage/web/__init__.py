"""The pages: a server on this computer that shows a case, its plan and what is recorded, as plain HTML forms.

Everything works without scripts; scripts make it live. Nothing here opens a connection to anywhere.
"""

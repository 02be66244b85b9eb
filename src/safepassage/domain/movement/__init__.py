"""Movements that parties are told about: what is planned, what happened to it, and what is overdue.

`particulars` holds what a notification says, `events` what can happen to it, `lifecycle` folds events into
the state of a movement and refuses what may not happen, `state` says what stands and where each recipient is,
`overdue` raises alarms, `form` is the list of numbered fields, `copies` what one recipient may see.

A *notified movement* is information: nobody approves it, and silence is not an acknowledgement. An *agreed
safe passage* needs the agreement of each party to the same times, places and terms.
"""

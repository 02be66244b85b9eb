"""Every action that a key starts: the one list behind keys, the overlay that shows them, and the palette."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action: its key as scripts spell it, what it does, in words, and the page it leads to, if any."""

    key: str
    act: str
    words: str
    href: str = ""

    @property
    def shown(self) -> str:
        """The key as it stands on a keyboard."""
        special = {"enter": "Enter", "ctrl+k": "Ctrl+K", "ctrl+z": "Ctrl+Z"}
        return special.get(self.key, self.key)


ACTIONS = (
    Action(key="1", act="situation", words="Situation", href="/situation"),
    Action(key="2", act="plan", words="Plan", href="/plan"),
    Action(key="3", act="movements", words="Movements", href="/movements"),
    Action(key="4", act="changes", words="Changes", href="/changes"),
    Action(key="5", act="settings", words="Settings", href="/settings"),
    Action(key="d", act="compare", words="Compare two plans", href="/compare"),
    Action(key="6", act="paper", words="Paper", href="/paper"),
    Action(key="ctrl+k", act="palette", words="Find an action by name"),
    Action(key="?", act="help", words="Show the keys"),
    Action(key="/", act="search", words="Search the list"),
    Action(key="j", act="next", words="Next row of the list"),
    Action(key="k", act="previous", words="Previous row of the list"),
    Action(key="enter", act="go", words="Show the row of the list on the map"),
    Action(key="m", act="focus-map", words="Go to the map"),
    Action(key="+", act="zoom-in", words="Zoom in"),
    Action(key="-", act="zoom-out", words="Zoom out"),
    Action(key="0", act="whole", words="Whole map"),
    Action(key="h", act="hazard", words="Low, central or high figures of reported hazard"),
    Action(key="[", act="earlier", words="30 minutes earlier"),
    Action(key="]", act="later", words="30 minutes later"),
    Action(key="t", act="focus-time", words="Type a time"),
    Action(key="w", act="whole-time", words="All times"),
    Action(key="c", act="new-report", words="Add a report"),
    Action(key="r", act="close-form", words="Close a road or crossing"),
    Action(key="x", act="close-road", words="Close a road"),
    Action(key="a", act="draw-area", words="Draw an area"),
    Action(key="y", act="draw-way", words="Draw a way of my own"),
    Action(key="e", act="explain", words="Explain a corridor"),
    Action(key="ctrl+z", act="undo", words="Undo something", href="/changes"),
    Action(key="p", act="print", words="Print this page"),
)
"""In the order in which they are listed."""

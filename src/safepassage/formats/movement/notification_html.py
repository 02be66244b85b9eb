"""One recipient's copy of a notification as one HTML file to print; it loads nothing and needs no script."""

from __future__ import annotations

from safepassage.formats.movement.notification_rows import NotificationPage
from safepassage.formats.paper.page_templates import content_policy, environment, inline


def write(page: NotificationPage) -> bytes:
    """Return the page; everything in it is escaped."""
    templates = environment()
    style = inline(templates, "notification.css")
    text = templates.get_template("notification.html").render(
        page=page, style=style, policy=content_policy(styles=(style,))
    )
    return text.encode("utf-8")

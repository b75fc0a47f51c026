"""The back office's dress: Unfold in our colours; star-imported by settings.py.

The colours are those of web/packages/ui/src/styles/tokens.css, on the steps where Unfold uses them; a test
holds the two together.
"""

from typing import Any

_PAPER = {
    "50": "#faf8f5",  # page
    "100": "#f3efe9",  # sunk
    "200": "#e7e1d8",  # lines
    "300": "#bdb9b1",  # text in the dark
    "400": "#989ca3",  # faint text in the dark
    "500": "#666d75",  # faint text
    "600": "#4d545c",  # text
    "700": "#4d545c",
    "800": "#2f343c",  # lines in the dark
    "900": "#1c1f24",  # surfaces in the dark
    "950": "#14161a",  # page in the dark
}
_VERMILION = {
    "50": "#fdeeeb",
    "100": "#fdeeeb",
    "200": "#fdeeeb",
    "300": "#ff8a80",
    "400": "#ff7a68",
    "500": "#ff7a68",  # text in the dark
    "600": "#cf3424",  # the one thing to press
    "700": "#b92b1c",
    "800": "#b92b1c",
    "900": "#3a201d",
    "950": "#3a201d",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "jishi.entry.console.site.title",
    "SITE_HEADER": "jishi.entry.console.site.header",
    "SITE_SUBHEADER": "jishi.entry.console.site.subheader",
    "SITE_SYMBOL": "storefront",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/storefront/icon.svg"}],
    "SHOW_HISTORY": False,  # our own audit log stands on every page
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": "jishi.entry.console.site.language_address", "navigation": []},
    "DASHBOARD_CALLBACK": "jishi.entry.console.home.dashboard",
    "LOGIN": {"form": "jishi.entry.console.door.SignInForm"},
    "BORDER_RADIUS": "8px",
    "STYLES": ["/static/console/console.css"],
    "SCRIPTS": ["/static/console/console.js"],
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "jishi.entry.console.navigation.sidebar",
    },
    "COLORS": {
        "base": _PAPER,
        "primary": _VERMILION,
        # jade: good news; brick: something is wrong; amber: look here; blue: it goes on
        "green": {"100": "#e6f4ef", "400": "#4fc79f", "500": "#1e8e6e", "600": "#1e8e6e", "700": "#17765b"},
        "red": {"100": "#fbeae9", "400": "#ff8a80", "500": "#ff8a80", "600": "#b3261e", "700": "#b3261e"},
        "orange": {"100": "#fdf2e0", "400": "#f5b65f", "500": "#f2a33a", "600": "#8a5200", "700": "#8a5200"},
        "blue": {"100": "#e8f0fa", "400": "#8ab8f5", "500": "#1b5fb0", "600": "#1b5fb0", "700": "#1b5fb0"},
        "font": {
            "subtle-light": "#666d75",
            "subtle-dark": "#989ca3",
            "default-light": "#4d545c",
            "default-dark": "#bdb9b1",
            "important-light": "#1f2328",
            "important-dark": "#edeae4",
        },
    },
}

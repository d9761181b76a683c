"""A page of its own that shows tables and needs no other file."""

import html

_STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#111}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem;font-size:.93em}"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;border-bottom:1px solid #ddd}"
    "thead th{border-bottom:2px solid #999}tbody th{font-weight:600}.absent{color:#666}"
    "caption{text-align:left;font-weight:600;padding:.5rem 0}table.paper{margin-bottom:.4rem}"
    "th[scope=rowgroup]{background:#f3f3f3}.note{color:#555;font-size:.87em;margin:.2rem 0}.note+table{margin-top:2rem}"
)


def html_page(title: str, body: str) -> str:
    """The page; `title` is text, `body` is HTML."""
    heading = html.escape(title)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{heading}</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>{heading}</h1>\n{body}\n</body></html>\n"
    )

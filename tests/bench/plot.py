# SPDX-License-Identifier: LGPL-2.1-or-later
"""Growth curves as SVG: a panel for each, both axes logarithmic, so that what is linear rises by one for one
and what is flat stays flat."""
import math

WIDTH, HEIGHT, LEFT, ROW = 600, 120, 70, 190
COLOURS = ["#06c", "#c60"]


def panel(top, title, series):
    """series: name to a list of (size, value)."""
    sizes = [size for size, _ in next(iter(series.values()))]
    values = [value for points in series.values() for _, value in points]
    low = math.floor(math.log10(min(values)))
    high = max(math.ceil(math.log10(max(values))), low + 1)
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(size):
        return LEFT + (math.log10(size) - first) / (last - first) * WIDTH

    def y(value):
        return top + 130 - (math.log10(value) - low) / (high - low) * HEIGHT

    yield '<text x="%d" y="%d">%s</text>' % (LEFT, top - 8, title)
    for power in range(low, high + 1):
        at = y(10.0 ** power)
        yield ('<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#ddd"/><text x="%d" y="%.1f" '
               'text-anchor="end">%g</text>' % (LEFT, LEFT + WIDTH, at, at, LEFT - 8, at + 4, 10.0 ** power))
    for size in sizes:
        yield '<text x="%.1f" y="%d" text-anchor="middle">%g</text>' % (x(size), top + 148, size)
    for n, (name, points) in enumerate(series.items()):
        places = [(x(size), y(value)) for size, value in points]
        yield '<polyline fill="none" stroke="%s" stroke-width="2" points="%s"/>' % (
            COLOURS[n], " ".join("%.1f,%.1f" % place for place in places))
        for place in places:
            yield '<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (*place, COLOURS[n])
        yield '<text x="%d" y="%d" text-anchor="end" fill="%s">%s</text>' % (
            LEFT + WIDTH - n * 110, top - 8, COLOURS[n], name)


def draw(panels, path):
    """panels: title to series."""
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" width="720" height="%d" font-family="sans-serif" '
             'font-size="12">' % (len(panels) * ROW + 10), '<rect width="100%" height="100%" fill="white"/>']
    for n, (title, series) in enumerate(panels.items()):
        lines += panel(n * ROW + 30, title, series)
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n</svg>\n")

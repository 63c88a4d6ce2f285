"""The plane of the map: where a longitude and latitude lie on a drawing of the United States."""

import numpy as np
from attrs import frozen
from numpy.typing import ArrayLike, NDArray

Coordinates = NDArray[np.float64]

WIDTH, HEIGHT = 1900, 1200
"""Size of the plane; y runs down, as in a drawing."""


@frozen
class Panel:
    """
    One part of the map, with a projection of its own.

    Attributes:
        name: What it shows.
        bounds: West, south, east, north of what it shows [degrees]; west is the greater where it spans the
            180th meridian.
        parallels: Standard parallels [degrees].
        origin: Longitude and latitude of the projection's origin [degrees].
        scale: Units of the plane to an earth radius.
        at: Where the origin lies in the plane.
        frame: Left, top, right, bottom of the panel in the plane.
    """

    name: str
    bounds: tuple[float, float, float, float]
    parallels: tuple[float, float]
    origin: tuple[float, float]
    scale: float
    at: tuple[float, float]
    frame: tuple[float, float, float, float]

    def project(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Coordinates, Coordinates]:
        """Where places lie in the plane, whether or not the panel shows them. Shapes (n,)."""
        x, y = albers(lon, lat, self.parallels, self.origin)
        return self.at[0] + self.scale * x, self.at[1] - self.scale * y

    def shows(self, lon: Coordinates, lat: Coordinates) -> NDArray[np.bool_]:
        """Whether places lie within its bounds and, once projected, its frame. Shapes (n,)."""
        west, south, east, north = self.bounds
        across = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
        x, y = self.project(lon, lat)
        left, top, right, bottom = self.frame
        framed = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
        return across & (lat >= south) & (lat <= north) & framed


INSETS = (
    Panel("Alaska", (172, 51, -129, 72), (55, 65), (-154, 58.5), 780, (275, 1100), (4, 910, 460, 1190)),
    Panel("Hawaii", (-161, 18.5, -154, 22.7), (8, 18), (-157.4, 20.6), 2300, (612, 1115), (468, 1042, 785, 1190)),
    Panel(
        "Puerto Rico", (-67.6, 17.4, -64.3, 18.8), (8, 18), (-66.1, 18.2), 3400, (1775, 1132), (1690, 1075, 1890, 1190)
    ),
)
CONTERMINOUS = Panel(
    "Conterminous United States",
    (-126, 24, -66, 50),
    (29.5, 45.5),
    (-96, 38.5),
    2470,
    (960, 600),
    (0, 0, WIDTH, HEIGHT),
)
PANELS = (*INSETS, CONTERMINOUS)


def albers(
    lon: ArrayLike, lat: ArrayLike, parallels: tuple[float, float], origin: tuple[float, float]
) -> tuple[Coordinates, Coordinates]:
    """
    Albers equal-area conic coordinates on a sphere of radius one.

    A sphere is enough for a drawing: outlines and places go through the same formula.

    Args:
        lon: Longitudes [degrees]. Shape (n,).
        lat: Latitudes [degrees]. Shape (n,).
        parallels: Standard parallels [degrees].
        origin: Longitude and latitude of the origin [degrees].

    Returns:
        Eastings and northings from the origin [earth radii]. Shape (n,) each.

    Source:
        J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987), p. 100, eqs. 14-1 to 14-6.

    Example:
        Snyder's own, p. 291: 35° N, 75° W from an origin at 23° N, 96° W.

        >>> x, y = albers(-75, 35, (29.5, 45.5), (-96, 23))
        >>> print(f"{x:.7f} {y:.7f}")
        0.2952720 0.2416774
    """
    first, second = np.radians(parallels)
    n = (np.sin(first) + np.sin(second)) / 2
    c = np.cos(first) ** 2 + 2 * n * np.sin(first)
    turned = (np.asarray(lon, dtype=np.float64) - origin[0] + 180) % 360 - 180
    theta = n * np.radians(turned)
    rho = np.sqrt(c - 2 * n * np.sin(np.radians(np.asarray(lat, dtype=np.float64)))) / n
    rho_origin = np.sqrt(c - 2 * n * np.sin(np.radians(origin[1]))) / n
    return rho * np.sin(theta), rho_origin - rho * np.cos(theta)


def place(lon: ArrayLike, lat: ArrayLike) -> tuple[Coordinates, Coordinates]:
    """
    Where places lie on the map, each in the panel that shows it.

    Args:
        lon: Longitudes [degrees]; nan where none is known. Shape (n,).
        lat: Latitudes [degrees]. Shape (n,).

    Returns:
        x and y in the plane; nan where no panel shows the place. Shape (n,) each.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    known = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    lon, lat = np.where(known, lon, 0.0), np.where(known, lat, 0.0)
    x, y = np.full(lon.shape, np.nan), np.full(lon.shape, np.nan)
    open_ground = known.copy()
    for panel in PANELS:
        across, down = panel.project(lon, lat)
        here = open_ground & panel.shows(lon, lat)
        if panel is CONTERMINOUS:
            for inset in INSETS:
                left, top, right, bottom = inset.frame
                here &= ~((across > left) & (across < right) & (down > top) & (down < bottom))
        x[here], y[here] = across[here], down[here]
        open_ground &= ~here
    return x, y

"""The places of a region as frozen values, read from a folder such as `config/places/`."""

from nlp.gazetteer_places import (
    PASSING,
    Alias,
    AliasKind,
    District,
    Gazetteer,
    Landmark,
    LandmarkKind,
    Locality,
    MatchPolicy,
    Municipality,
    Outside,
    Postcode,
    Region,
    Suffix,
    Words,
)
from nlp.gazetteer_reading import GazetteerError, load_gazetteer

__all__ = [
    "PASSING",
    "Alias",
    "AliasKind",
    "District",
    "Gazetteer",
    "GazetteerError",
    "Landmark",
    "LandmarkKind",
    "Locality",
    "MatchPolicy",
    "Municipality",
    "Outside",
    "Postcode",
    "Region",
    "Suffix",
    "Words",
    "load_gazetteer",
]

"""The version of this library, which every answer records."""

VERSION = "0.1.0"

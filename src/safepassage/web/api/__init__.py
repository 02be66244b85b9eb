"""The same work for programs: JSON in and out, described by an OpenAPI document made from the values."""

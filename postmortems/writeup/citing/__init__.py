"""Citations: `[18:09 lag alert](event:345)` in a text leads to its evidence while it is written, and is frozen with the revision."""

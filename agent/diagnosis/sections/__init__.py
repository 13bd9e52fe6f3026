"""The evidence as labelled rows, section by section, in the order in which a packet travels."""

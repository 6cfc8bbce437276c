"""From Values to a Picture: which nodes and edges are drawn, in which boxes, under which labels."""

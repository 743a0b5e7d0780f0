"""Force to joint angle: gravity, passive tissue, tone and voluntary effort."""

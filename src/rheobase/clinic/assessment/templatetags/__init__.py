"""Template filters of the chart."""

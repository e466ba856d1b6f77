"""Measures what the product promises about speed: `make bench`, or `python -m bench`.

Machines are shared and noisy, so what counts is CPU time for each request and ratios of things that
were measured in the same run, one after the other and again. A wrong answer ends the run: a fast
wrong figure is worth nothing.
"""

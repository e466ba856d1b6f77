"""Abonent: the self-care system of a mobile operator."""

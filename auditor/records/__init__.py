"""What everything stands on: exact figures, fiscal years, the records themselves and the places
in a document.
"""

"""JSON Schemas of the files that authors and offices write: rules, forms, settings and waivers.

Editors complete and check such files by them. They are made from the models, and shipped.
"""

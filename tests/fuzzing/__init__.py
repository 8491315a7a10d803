"""The project's own fuzzer: documents and files as offices and authors write them, damaged at
random, and what must be so whatever comes in.

``make fuzz`` runs it; ``python -m tests.fuzzing --help`` names its options. The same seed, kind
and number give the same input.
"""

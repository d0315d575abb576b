"""How much of one mail is looked at. What lies beyond is left out and named among the defects."""

MOST_PARTS = 500
MOST_DEPTH = 60
MOST_HEADERS = 2_000
MOST_HEADER_BYTES = 1024 * 1024  # of one part's header block
MOST_VALUE = 32 * 1024  # of one header's value
MOST_ADDRESSES = 1_000
MOST_REFERENCES = 200
MOST_DECODED = 40 * 1024 * 1024  # of all parts together
MOST_TEXT = 1024 * 1024  # characters of text kept
MOST_HTML = 1024 * 1024  # characters of HTML looked at
MOST_TAGS = 15_000  # an HTML tree takes quadratic time when every tag nests in the one before
MOST_LINES = 20_000  # of text in which a quote is looked for
MOST_NAME = 200  # characters of a file's name

"""`autodiff playground --out site/`: a page on which programs run in Python, in the browser, with nothing to install.

    site           writes the folder: the page, Pyodide, CodeMirror, this package and what its grader needs
    packages       fetches the parts that others have made, of pinned versions, checked by their hashes
    precompiling   has Pyodide compile, under Node.js, what a first program needs; bytecode runs there
    program        runs a learner's program and finds its Values
    tabs           what each tab shows of it
    bridge         answers the page: runs in the browser, in a worker, and knows nothing of it
    assets         the page: its markup, style, scripts, and its strings in each language
    examples       the programs to start from

The page hands a program to a worker, inside a frame without an origin and without a network, and ends both when the
program takes too long or its reader has had enough.
"""

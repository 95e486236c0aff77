"""Other ways to solve the same program, each as its own users would write it.

Every module has ``solve(program, tiers)``: minimise the tiers in turn, lexicographically, and return all columns
of the program, as the solver gave them. A tier that is done is kept by the row ``cost · x ≤ value``, its value
rounded to the whole number it must be; that is what the libraries' manuals advise, and where it costs exactness
the benchmark says so. Every solver has one thread.
"""

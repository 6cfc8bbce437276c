"""One step, the engines that take it, and the loop of fit.

Read step, engines, fit_loop, train.
"""

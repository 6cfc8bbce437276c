"""One step, the engines that take it, and the loop of fit.

Read step, step_function, engines, fit_loop, train.
"""

/* Rules of optimizers over NumPy's arrays: see optimizers.c. Each says whether it ran: not on arrays that do not fit it. */

#ifndef AUTODIFF_OPTIMIZERS_H
#define AUTODIFF_OPTIMIZERS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

PyObject *adam(PyObject *module, PyObject *args);

#endif

/* Loops over NumPy's arrays: see arrays.c. Each says whether it ran: not on arrays that do not lie row after row. */

#ifndef AUTODIFF_ARRAYS_H
#define AUTODIFF_ARRAYS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

PyObject *lowered(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *scaled(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *divided(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *rectified(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *emptied(PyObject *module, PyObject *const *args, Py_ssize_t count);

#endif

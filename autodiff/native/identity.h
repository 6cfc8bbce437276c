/* Whether lists and dicts still hold the objects that they held: see identity.c. */

#ifndef AUTODIFF_IDENTITY_H
#define AUTODIFF_IDENTITY_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

PyObject *note_items(PyObject *module, PyObject *containers);
PyObject *hold_noted(PyObject *module, PyObject *const *args, Py_ssize_t count);

#endif

/* The interpreter of tapes: see interpreter.c. */

#ifndef AUTODIFF_INTERPRETER_H
#define AUTODIFF_INTERPRETER_H

#include <Python.h>

/* Add the type `Interpreter` to the module; -1 where that fails. */
int make_interpreter_type(PyObject *module);

#endif

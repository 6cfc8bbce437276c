/* The module `autodiff._native`. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "ops.h"

/* The numbers of a sequence of floats, in memory that the caller frees. */
static double *numbers_of(PyObject *sequence, Py_ssize_t *n) {
    PyObject *items = PySequence_Fast(sequence, "expected a list of floats");
    if (!items)
        return NULL;
    *n = PySequence_Fast_GET_SIZE(items);
    double *xs = PyMem_Malloc((size_t)(*n + 1) * sizeof(double));
    if (!xs)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; xs && i < *n; i++) {
        xs[i] = PyFloat_AsDouble(PySequence_Fast_GET_ITEM(items, i));
        if (xs[i] == -1.0 && PyErr_Occurred()) {
            PyMem_Free(xs);
            xs = NULL;
        }
    }
    Py_DECREF(items);
    return xs;
}

static int is_arity(int code, Py_ssize_t n) {
    if (code < 0 || code >= OPERATIONS || (autodiff_arity[code] < 0 ? n == 0 : n != autodiff_arity[code])) {
        PyErr_Format(PyExc_ValueError, "expected an operation's code and its operands, got %d and %zd numbers", code, n);
        return 0;
    }
    return 1;
}

PyDoc_STRVAR(value_doc, "value(code, xs)\n--\n\nThe value of an operation, by its place in the table, at the operands xs.");

static PyObject *module_value(PyObject *module, PyObject *args) {
    PyObject *operands;
    Py_ssize_t n;
    int code;
    if (!PyArg_ParseTuple(args, "iO", &code, &operands))
        return NULL;
    double *xs = numbers_of(operands, &n);
    if (!xs)
        return NULL;
    PyObject *y = is_arity(code, n) ? PyFloat_FromDouble(autodiff_value(code, xs, n)) : NULL;
    PyMem_Free(xs);
    return y;
}

PyDoc_STRVAR(slopes_doc, "slopes(code, xs, y)\n--\n\nIts slopes there, where its value is y; None where no gradient flows.");

static PyObject *module_slopes(PyObject *module, PyObject *args) {
    PyObject *operands, *result = NULL;
    Py_ssize_t n;
    double y;
    int code;
    if (!PyArg_ParseTuple(args, "iOd", &code, &operands, &y))
        return NULL;
    double *xs = numbers_of(operands, &n);
    if (!xs)
        return NULL;
    double *slopes = PyMem_Malloc((size_t)(n + 1) * sizeof(double));
    unsigned char *blocked = PyMem_Malloc((size_t)(n + 1));
    if (!slopes || !blocked)
        PyErr_NoMemory();
    else if (is_arity(code, n) && (result = PyTuple_New(n))) {
        autodiff_slopes(code, xs, n, y, slopes, blocked);
        for (Py_ssize_t i = 0; result && i < n; i++) {
            PyObject *slope = blocked[i] ? Py_NewRef(Py_None) : PyFloat_FromDouble(slopes[i]);
            if (slope)
                PyTuple_SET_ITEM(result, i, slope);
            else
                Py_CLEAR(result);
        }
    }
    PyMem_Free(xs);
    PyMem_Free(slopes);
    PyMem_Free(blocked);
    return result;
}

static PyMethodDef functions[] = {
    {"value", module_value, METH_VARARGS, value_doc},
    {"slopes", module_slopes, METH_VARARGS, slopes_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "autodiff._native", .m_doc = "The engine in C.", .m_size = -1, .m_methods = functions,
};

PyMODINIT_FUNC PyInit__native(void) {
    return PyModule_Create(&definition);
}

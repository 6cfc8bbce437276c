/* The numbers of many Values at once: into an array, and out of one. Each function says whether it ran: not while somebody
   watches who wants to be told of every Value, and not on anything but a list of Values and an array as long. */

#include "node.h"

static int is_list_of_values(PyObject *list) {
    if (WATCHED() || !PyList_CheckExact(list))
        return 0;
    for (Py_ssize_t i = 0, n = PyList_GET_SIZE(list); i < n; i++)
        if (!IS_VALUE(PyList_GET_ITEM(list, i)))
            return 0;
    return 1;
}

static PyObject *exchange(PyObject *const *args, Py_ssize_t count, int is_write) {
    if (count != 2)
        return PyErr_Format(PyExc_TypeError, "expected a list of Values and an array, got %zd arguments", count);
    Py_buffer view;
    if (PyObject_GetBuffer(args[1], &view, PyBUF_FORMAT | PyBUF_STRIDES | (is_write ? 0 : PyBUF_WRITABLE)))
        return NULL;
    engine.writes += (unsigned)is_write;
    int fits = is_list_of_values(args[0]) && view.format && !strcmp(view.format, "d") && view.ndim == 1 &&
               view.shape[0] == PyList_GET_SIZE(args[0]) && PyBuffer_IsContiguous(&view, 'C');
    double *numbers = view.buf;
    for (Py_ssize_t i = 0; fits && i < view.shape[0]; i++) {
        Node *v = (Node *)PyList_GET_ITEM(args[0], i);
        if (is_write)
            v->data = numbers[i];
        else
            numbers[i] = v->data;
    }
    PyBuffer_Release(&view);
    return PyBool_FromLong(fits);
}

PyObject *read_numbers(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    return exchange(args, count, 0);
}

PyObject *write_numbers(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    return exchange(args, count, 1);
}

PyObject *count_writes(PyObject *module, PyObject *unused) {
    return PyLong_FromUnsignedLongLong(engine.writes);
}

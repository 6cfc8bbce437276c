/* The numbers of many Values at once: into an array, and out of one. Each function says whether it ran: not while somebody
   watches who wants to be told of every Value, and not on anything but a list of Values and an array as long. Of a list
   with a stranger in it the Values before it may have been written: the caller writes all of them then. */

#include "node.h"

enum { AHEAD = 32 }; /* Values: each lies in memory of its own, which is fetched while the ones before it are worked on */

#if defined(__GNUC__)
#define FETCH(address) __builtin_prefetch(address, 1)
#else
#define FETCH(address) ((void)(address))
#endif

/* Up to the first that is no Value; whether all are. */
static int exchange_all(PyObject *const *items, double *numbers, Py_ssize_t n, int is_write) {
    for (Py_ssize_t i = 0; i < n; i++) {
        FETCH(items[i + AHEAD < n ? i + AHEAD : i]);
        if (!IS_VALUE(items[i]))
            return 0;
        Node *v = (Node *)items[i];
        if (is_write)
            v->data = numbers[i];
        else
            numbers[i] = v->data;
    }
    return 1;
}

static PyObject *exchange(PyObject *const *args, Py_ssize_t count, int is_write) {
    if (count != 2)
        return PyErr_Format(PyExc_TypeError, "expected a list of Values and an array, got %zd arguments", count);
    Py_buffer view;
    if (PyObject_GetBuffer(args[1], &view, PyBUF_FORMAT | PyBUF_STRIDES | (is_write ? 0 : PyBUF_WRITABLE)))
        return NULL;
    engine.writes += (unsigned)is_write;
    int fits = !WATCHED() && PyList_CheckExact(args[0]) && view.format && !strcmp(view.format, "d") && view.ndim == 1 &&
               view.shape[0] == PyList_GET_SIZE(args[0]) && PyBuffer_IsContiguous(&view, 'C') &&
               exchange_all(((PyListObject *)args[0])->ob_item, view.buf, view.shape[0], is_write);
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

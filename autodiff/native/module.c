/* The module `autodiff._native`: the type Value, and functions for the library beside it. */

#include "node.h"

#include "arrays.h"
#include "identity.h"
#include "interpreter.h"
#include "optimizers.h"

/* ---- operations by code, for tests ---- */

/* The numbers of a sequence of floats, in memory that the caller frees. */
static double *floats_of(PyObject *sequence, Py_ssize_t *n) {
    PyObject *items = PySequence_Tuple(sequence); /* which the __float__ of an item cannot change, as it can a list */
    if (!items)
        return NULL;
    *n = PyTuple_GET_SIZE(items);
    double *xs = PyMem_Malloc((size_t)(*n + 1) * sizeof(double));
    if (!xs)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; xs && i < *n; i++) {
        xs[i] = PyFloat_AsDouble(PyTuple_GET_ITEM(items, i));
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
    double *xs = floats_of(operands, &n);
    if (!xs)
        return NULL;
    PyObject *y = is_arity(code, n) ? PyFloat_FromDouble(autodiff_value(code, xs, n)) : NULL;
    PyMem_Free(xs);
    return y;
}

/* Floats as a tuple, None where blocked. */
static PyObject *tuple_of(const double *slopes, const unsigned char *blocked, Py_ssize_t n) {
    PyObject *result = PyTuple_New(n);
    for (Py_ssize_t i = 0; result && i < n; i++) {
        PyObject *slope = blocked[i] ? Py_NewRef(Py_None) : PyFloat_FromDouble(slopes[i]);
        if (slope)
            PyTuple_SET_ITEM(result, i, slope);
        else
            Py_CLEAR(result);
    }
    return result;
}

PyDoc_STRVAR(slopes_doc, "slopes(code, xs, y)\n--\n\nIts slopes there, where its value is y; None where no gradient flows.");

static PyObject *module_slopes(PyObject *module, PyObject *args) {
    PyObject *operands, *result = NULL;
    Py_ssize_t n;
    double y;
    int code;
    if (!PyArg_ParseTuple(args, "iOd", &code, &operands, &y))
        return NULL;
    double *xs = floats_of(operands, &n);
    if (!xs)
        return NULL;
    double *slopes = PyMem_Malloc((size_t)(n + 1) * sizeof(double));
    unsigned char *blocked = PyMem_Malloc((size_t)(n + 1));
    if (!slopes || !blocked)
        PyErr_NoMemory();
    else if (is_arity(code, n)) {
        autodiff_slopes(code, xs, n, y, slopes, blocked);
        result = tuple_of(slopes, blocked, n);
    }
    PyMem_Free(xs);
    PyMem_Free(slopes);
    PyMem_Free(blocked);
    return result;
}

/* ---- nodes of any operation ---- */

/* The parents and slopes of a node that was made for them; 0 with an exception. */
static int fill(Node *v, PyObject *parents, PyObject *slopes) {
    Node **places = v->count == MANY ? v->many->parents : v->parents;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parents); i++) {
        PyObject *parent = PyTuple_GET_ITEM(parents, i);
        if (!IS_VALUE(parent)) {
            PyErr_Format(PyExc_TypeError, "record: expected Values as the parents, got %R", parent);
            return 0;
        }
        places[i] = (Node *)Py_NewRef(parent);
    }
    return !PyObject_SetAttrString((PyObject *)v, "slopes", slopes);
}

/* A node of an operation of any name, not told to watchers. */
static PyObject *made(PyObject *const *args, Py_ssize_t nargs) {
    if (nargs != 4 || !PyTuple_Check(args[2])) {
        PyErr_SetString(PyExc_TypeError, "record: expected a name, a float, a tuple of Values and a tuple of slopes");
        return NULL;
    }
    int code = code_of(args[0]);
    double data = code < 0 ? -1.0 : PyFloat_AsDouble(args[1]);
    if (data == -1.0 && PyErr_Occurred())
        return NULL;
    Node *v = new_many(code, data, PyTuple_GET_SIZE(args[2]));
    if (v && !fill(v, args[2], args[3]))
        Py_CLEAR(v);
    return (PyObject *)v;
}

PyDoc_STRVAR(record_doc, "record(op, data, parents, slopes)\n--\n\nA node for an operation that has run; watchers are told.");

static PyObject *module_record(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    return watched((Node *)made(args, nargs));
}

PyDoc_STRVAR(constant_doc, "constant(x, operation)\n--\n\nA leaf for a number that met a Value: it receives no gradient.");

static PyObject *module_constant(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    double number;
    if (nargs != 2) {
        PyErr_Format(PyExc_TypeError, "constant: expected a number and the name of an operation, got %zd arguments", nargs);
        return NULL;
    }
    if (IS_VALUE(args[0]) && ((Node *)args[0])->op == OP_CONSTANT)
        return Py_NewRef(args[0]);
    if (!plain_number(args[0], &number)) {
        PyObject *found = PyObject_CallFunctionObjArgs(engine.number, args[0], args[1], NULL);
        number = found ? PyFloat_AsDouble(found) : -1.0;
        Py_XDECREF(found);
        if (number == -1.0 && PyErr_Occurred())
            return NULL;
    }
    return (PyObject *)new_leaf(OP_CONSTANT, number);
}

/* ---- what C takes from Python ---- */

static int take(PyObject *from, const char *name, PyObject **into) {
    PyObject *found = PyDict_GetItemString(from, name);
    if (!found) {
        PyErr_Format(PyExc_KeyError, "connect: expected %s", name);
        return 0;
    }
    Py_XSETREF(*into, Py_NewRef(found));
    return 1;
}

PyDoc_STRVAR(connect_doc, "connect(names)\n--\n\nTake from Python what must be said or done in one way only.");

static PyObject *module_connect(PyObject *module, PyObject *names) {
    if (!PyDict_Check(names) || !take(names, "watch", &engine.watch) ||
        !take(names, "tell_of_reading", &engine.tell_of_reading) ||
        !take(names, "tell_of_writing", &engine.tell_of_writing) || !take(names, "number", &engine.number) ||
        !take(names, "_checked_name", &engine.checked_name) || !take(names, "_compare", &engine.compare) ||
        !take(names, "NOTHING", &engine.nothing) || !take(names, "_leaf_gradients", &engine.leaf_gradients) ||
        !take(names, "_tell", &engine.tell) || !take(names, "methods", &engine.methods) ||
        !take(names, "watchers", &engine.watchers) || !take(names, "_start", &engine.start))
        return NULL;
    Py_RETURN_NONE;
}

PyDoc_STRVAR(connect_of_many_doc, "connect_of_many(function)\n--\n\nTake the function for lists with a stranger in them.");

static PyObject *module_connect_of_many(PyObject *module, PyObject *function) {
    Py_XSETREF(engine.of_many, Py_NewRef(function));
    Py_RETURN_NONE;
}

#define FAST(FUNCTION) ((PyCFunction)(void (*)(void))(FUNCTION))

static PyMethodDef functions[] = {
    {"value", module_value, METH_VARARGS, value_doc},
    {"slopes", module_slopes, METH_VARARGS, slopes_doc},
    {"new", new_fresh, METH_O, "new(Value)\n--\n\nA node that is to be given its attributes one by one."},
    {"record", FAST(module_record), METH_FASTCALL, record_doc},
    {"constant", FAST(module_constant), METH_FASTCALL, constant_doc},
    {"order", FAST(order_of), METH_FASTCALL, "order(*roots)\n--\n\nWhat the roots depend on, parents first."},
    {"of_many", FAST(of_many), METH_FASTCALL, "of_many(name, operands)\n--\n\nAn operation of any number of inputs."},
    {"recorded", FAST(recorded), METH_FASTCALL, "recorded(nodes, leaves, codes, wanted)\n--\n\nA graph as flat arrays."},
    {"read", FAST(read_numbers), METH_FASTCALL, "read(values, array)\n--\n\nThe numbers of Values, into an array."},
    {"write", FAST(write_numbers), METH_FASTCALL, "write(values, array)\n--\n\nThe numbers of an array, into Values."},
    {"writes", count_writes, METH_NOARGS, "writes()\n--\n\nHow often the number of a Value has been written so far."},
    {"lowered", FAST(lowered), METH_FASTCALL,
     "lowered(xs, largest, differences, factors)\n--\n\nWhat exponentials along the last axis are taken of."},
    {"scaled", FAST(scaled), METH_FASTCALL, "scaled(xs, terms, factors)\n--\n\nFactors become the terms of a sum less 1."},
    {"rectified", FAST(rectified), METH_FASTCALL, "rectified(xs)\n--\n\nRelu, in place."},
    {"emptied", FAST(emptied), METH_FASTCALL, "emptied(closed, xs)\n--\n\n0.0, in place, where it is closed."},
    {"divided", FAST(divided), METH_FASTCALL, "divided(terms, others, parts)\n--\n\nTerms divided by their sum."},
    {"adam", adam, METH_VARARGS,
     "adam(parameters, gradient, m, v, after, factors)\n--\n\nAdam's rule; m, v and after are written."},
    {"note_items", note_items, METH_O, "note_items(containers)\n--\n\nThe addresses of all that lists and dicts hold."},
    {"hold_noted", FAST(hold_noted), METH_FASTCALL,
     "hold_noted(containers, note)\n--\n\nWhether they still hold it, all in the same places."},
    {"connect", module_connect, METH_O, connect_doc},
    {"connect_of_many", module_connect_of_many, METH_O, connect_of_many_doc},
    {NULL, NULL, 0, NULL},
};

/* The names of operations by code: those of the table, then the two kinds of leaves. */
static int make_names(void) {
    engine.names = PyList_New(0);
    engine.codes = PyDict_New();
    for (int code = 0; engine.names && engine.codes && code < NAMED_OPERATIONS; code++) {
        const char *text = code < OPERATIONS ? autodiff_names[code] : code == OP_INPUT ? "input" : "constant";
        PyObject *name = PyUnicode_InternFromString(text);
        int found = name ? code_of(name) : -1;
        Py_XDECREF(name);
        if (found != code)
            return -1;
    }
    return engine.names && engine.codes ? 0 : -1;
}

/* Its type, and what it takes from Python, exist once in a process: so does the module. */
static PyObject *only;
static PyInterpreterState *home;

static PyObject *create(PyObject *spec, PyModuleDef *unused) {
    if (home && home != PyInterpreterState_Get()) {
        PyErr_SetString(PyExc_ImportError, "the engine in C runs in the interpreter that loaded it first, and in no other");
        return NULL;
    }
    if (only)
        return Py_NewRef(only);
    PyObject *name = PyObject_GetAttrString(spec, "name");
    PyObject *module = name ? PyModule_NewObject(name) : NULL;
    Py_XDECREF(name);
    return module;
}

static int fill_module(PyObject *module) {
    if (module == only)
        return 0;
    if (make_names() || make_type(module) || make_operation_type(module) || make_interpreter_type(module) ||
        PyModule_AddStringConstant(module, "table", autodiff_table))
        return -1;
    home = PyInterpreterState_Get();
    only = Py_NewRef(module);
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_create, create}, {Py_mod_exec, fill_module}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "autodiff._native", .m_doc = "The engine in C.", .m_methods = functions, .m_slots = slots,
};

PyMODINIT_FUNC PyInit__native(void) {
    return PyModuleDef_Init(&definition);
}

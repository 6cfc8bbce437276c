/* Functions of Values: an `Operation` does what a Python function of the table does, for Values and plain numbers, and
   calls that function for anything else. */

#include "node.h"

#include <structmember.h>

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    int code, is_method; /* one of Values alone */
    PyObject *function; /* the same in Python */
    PyObject *dict;
} Operation;

/* A node over new or given parents: `operands` are Values or the numbers in xs. Blocks what no gradient may enter. */
static PyObject *record_operation(int code, PyObject *const *operands, const double *xs, Py_ssize_t n, int fixed_by_op) {
    double y = autodiff_value(code, xs, n);
    Node *v = new_many(code, y, n);
    if (!v)
        return NULL;
    Node **parents = v->count == MANY ? v->many->parents : v->parents;
    double *slopes = v->count == MANY ? v->many->slopes : v->slopes;
    unsigned char few[2], *blocked = v->count == MANY ? v->many->blocked : few;
    autodiff_slopes(code, xs, n, y, slopes, blocked);
    for (Py_ssize_t i = 0; i < n; i++) {
        int is_value = IS_VALUE(operands[i]);
        parents[i] = is_value ? (Node *)Py_NewRef(operands[i]) : new_leaf(OP_CONSTANT, xs[i]);
        if (!parents[i]) {
            Py_DECREF(v);
            return NULL;
        }
        if (!is_value || (fixed_by_op && parents[i]->op == OP_CONSTANT))
            blocked[i] = 1;
    }
    if (v->count != MANY)
        for (Py_ssize_t i = 0; i < n; i++)
            v->flags |= (uint8_t)(blocked[i] ? 1 << i : 0);
    return watched(v);
}

/* The numbers of Values and plain numbers; -1 if there is anything else, else how many Values there are. */
static Py_ssize_t numbers_of(PyObject *const *operands, Py_ssize_t n, double *xs) {
    Py_ssize_t values = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (IS_VALUE(operands[i])) {
            xs[i] = ((Node *)operands[i])->data;
            values++;
        } else if (!plain_number(operands[i], &xs[i]))
            return -1;
    }
    return values;
}

/* Whether a Value stands where the operation only takes a number. */
static int takes_number_only(int code, PyObject *const *operands, Py_ssize_t n) {
    for (Py_ssize_t i = 0; i < n; i++)
        if (autodiff_fixed[code] >> i & 1 && IS_VALUE(operands[i]))
            return 1;
    return 0;
}

static PyObject *operation_call(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *keywords) {
    Operation *operation = (Operation *)self;
    Py_ssize_t n = PyVectorcall_NARGS(nargsf), arity = autodiff_arity[operation->code];
    double xs[3];
    if (n == arity && !keywords && !takes_number_only(operation->code, args, n)) {
        Py_ssize_t values = numbers_of(args, n, xs);
        if (values == 0 && !operation->is_method)
            return PyFloat_FromDouble(autodiff_value(operation->code, xs, n));
        if (values == 1 && n == 1)
            return record_unary(operation->code, (Node *)args[0]);
        if (values > 0)
            return record_operation(operation->code, args, xs, n, 0);
    }
    return PyObject_Vectorcall(operation->function, args, nargsf, keywords);
}

static PyObject *operation_get(PyObject *self, PyObject *object, PyObject *type) {
    return !object || object == Py_None ? Py_NewRef(self) : PyMethod_New(self, object);
}

static PyObject *operation_repr(PyObject *self) {
    return PyUnicode_FromFormat("<function %s>", autodiff_names[((Operation *)self)->code]);
}

/* By its name, as functions are pickled and copied. */
static PyObject *operation_reduce(PyObject *self, PyObject *unused) {
    return PyObject_GetAttrString(((Operation *)self)->function, "__qualname__");
}

static int operation_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((Operation *)self)->function);
    Py_VISIT(((Operation *)self)->dict);
    return 0;
}

static int operation_clear(PyObject *self) {
    Py_CLEAR(((Operation *)self)->function);
    Py_CLEAR(((Operation *)self)->dict);
    return 0;
}

static void operation_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    operation_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* Operation(function, name): that of the row of this name; a method, if `function` is one: those know their row. */
static PyObject *operation_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
    PyObject *function, *name;
    if (!PyArg_ParseTuple(args, "OU:Operation", &function, &name))
        return NULL;
    PyObject *code = PyDict_GetItemWithError(engine.codes, name);
    long found = code ? PyLong_AsLong(code) : -1;
    if (found < 0 || found >= OPERATIONS || autodiff_arity[found] < 0)
        return PyErr_Format(PyExc_ValueError, "Operation: expected an operation of one to three operands, got %R", name);
    Operation *self = (Operation *)type->tp_alloc(type, 0);
    if (self) {
        self->vectorcall = operation_call;
        self->code = (int)found;
        self->is_method = PyObject_HasAttrString(function, "row");
        self->function = Py_NewRef(function);
    }
    return (PyObject *)self;
}

static PyMemberDef operation_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Operation, vectorcall), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Operation, dict), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef operation_attributes[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef operation_methods[] = {
    {"__reduce__", operation_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int make_operation_type(PyObject *module) {
    PyType_Slot slots[] = {
        {Py_tp_dealloc, operation_dealloc}, {Py_tp_new, operation_new},
        {Py_tp_call, PyVectorcall_Call},    {Py_tp_descr_get, operation_get},
        {Py_tp_repr, operation_repr},       {Py_tp_members, operation_members},
        {Py_tp_methods, operation_methods}, {Py_tp_getset, operation_attributes},
        {Py_tp_traverse, operation_traverse}, {Py_tp_clear, operation_clear},
        {0, NULL},
    };
    unsigned long flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_HAVE_GC;
    PyType_Spec spec = {"autodiff._native.Operation", sizeof(Operation), 0, (unsigned int)flags, slots};
    PyObject *type = PyType_FromSpec(&spec);
    int failed = type ? PyModule_AddObjectRef(module, "Operation", type) : -1;
    Py_XDECREF(type);
    return failed;
}

/* of_many(name, operands): a node if there is a Value in the list, else a number. */
PyObject *of_many(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    PyObject *code = nargs == 2 && PyUnicode_Check(args[0]) ? PyDict_GetItemWithError(engine.codes, args[0]) : NULL;
    long found = code ? PyLong_AsLong(code) : -1;
    Py_ssize_t n = nargs == 2 && PyList_CheckExact(args[1]) ? PyList_GET_SIZE(args[1]) : 0, values = -1;
    double few[32], *xs = few;
    PyObject *result = NULL;
    if (found >= 0 && found < OPERATIONS && autodiff_arity[found] < 0 && n) {
        PyObject *const *operands = ((PyListObject *)args[1])->ob_item;
        if (n > 32 && !(xs = PyMem_Malloc((size_t)n * sizeof(double))))
            return PyErr_NoMemory();
        values = numbers_of(operands, n, xs);
        if (values == 0)
            result = PyFloat_FromDouble(autodiff_value((int)found, xs, n));
        else if (values > 0)
            result = record_operation((int)found, operands, xs, n, 1);
        if (xs != few)
            PyMem_Free(xs);
    }
    if (values >= 0)
        return result;
    return PyErr_Occurred() ? NULL : PyObject_Vectorcall(engine.of_many, args, (size_t)nargs, NULL);
}

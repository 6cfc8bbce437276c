/* Making, freeing and reading nodes; their type. */

#include "node.h"

#include <structmember.h>

Engine engine;

/* ---- making ---- */

static inline Node *new_node(int op, double data) {
    Node *v = PyObject_New(Node, engine.type);
    if (!v)
        return NULL;
    v->data = data;
    v->grad = 0.0;
    v->name = NULL;
    v->op = (uint16_t)op;
    v->count = v->flags = 0;
    v->number = 0;
    return v;
}

Node *new_leaf(int op, double data) {
    return new_node(op, data);
}

Node *new_unary(int op, double data, Node *parent, double slope, int blocked) {
    Node *v = new_node(op, data);
    if (v) {
        v->count = 1;
        v->flags = blocked ? BLOCKED_FIRST : 0;
        v->parents[0] = (Node *)Py_NewRef((PyObject *)parent);
        v->slopes[0] = slope;
    }
    return v;
}

Node *new_binary(int op, double data, Node *left, Node *right, double to_left, double to_right, int flags) {
    Node *v = new_node(op, data);
    if (v) {
        v->count = 2;
        v->flags = (uint8_t)flags;
        v->parents[0] = (Node *)Py_NewRef((PyObject *)left);
        v->parents[1] = (Node *)Py_NewRef((PyObject *)right);
        v->slopes[0] = to_left;
        v->slopes[1] = to_right;
    }
    return v;
}

/* Room for n parents, which are NULL so far, and their slopes, which are 0; no memory: 0 with an exception. */
static int make_room(Node *v, Py_ssize_t n) {
    if (n <= 2) {
        v->parents[0] = v->parents[1] = NULL;
        v->slopes[0] = v->slopes[1] = 0.0;
        v->count = (uint8_t)n;
        return 1;
    }
    size_t head = offsetof(Many, parents), each = sizeof(Node *) + sizeof(double) + 1;
    Many *many = (size_t)n > (PY_SSIZE_T_MAX - head) / each ? NULL : PyMem_Calloc(1, head + (size_t)n * each);
    if (!many) {
        PyErr_NoMemory();
        return 0;
    }
    many->n = n;
    many->slopes = (double *)(many->parents + n);
    many->blocked = (unsigned char *)(many->slopes + n);
    v->many = many;
    v->count = MANY;
    return 1;
}

/* A node of n parents, which are still to be set. */
Node *new_many(int op, double data, Py_ssize_t n) {
    Node *v = new_node(op, data);
    if (v && !make_room(v, n))
        Py_CLEAR(v);
    return v;
}

/* new(Value): a node that will be given its attributes one by one, as object.__new__ makes one of the Python class. */
PyObject *new_fresh(PyObject *module, PyObject *type) {
    if ((PyTypeObject *)type != engine.type)
        return PyErr_Format(PyExc_TypeError, "new: expected the class Value, got %R", type);
    Node *v = new_leaf(OP_INPUT, 0.0);
    if (v)
        v->flags |= FRESH;
    return (PyObject *)v;
}

/* The node, once the watchers have been told of it; NULL where one objects. */
PyObject *watched(Node *node) {
    if (node && WATCHED()) {
        PyObject *told = PyObject_CallOneArg(engine.watch, (PyObject *)node);
        if (!told)
            Py_CLEAR(node);
        Py_XDECREF(told);
    }
    return (PyObject *)node;
}

/* ---- freeing ---- */

static Node *dead;       /* nodes to be freed, each linked to the next */
static int is_freeing;

static void release_parents(Node *v) {
    Py_ssize_t n = parent_count(v);
    Node *const *parents = parents_of(v);
    for (Py_ssize_t i = 0; i < n; i++)
        Py_XDECREF((PyObject *)parents[i]);
    if (v->count == MANY)
        PyMem_Free(v->many);
    v->count = 0;
}

/* A loop, however deep the graph: a parent that dies while another node is being freed waits in a list. */
static void value_dealloc(PyObject *self) {
    Node *v = (Node *)self;
    PyTypeObject *type = Py_TYPE(self);
    if (type != engine.type) { /* of a class made in spite of the refusal */
        release_parents(v);
        Py_XDECREF(v->name);
        type->tp_free(self);
        Py_DECREF(type);
        return;
    }
    v->next = dead;
    dead = v;
    if (is_freeing)
        return;
    is_freeing = 1;
    while (dead) {
        v = dead;
        dead = v->next;
        release_parents(v);
        Py_XDECREF(v->name); /* an exact str: no code of Python's runs */
        PyObject_Free(v);
        Py_DECREF(type);
    }
    is_freeing = 0;
}

/* ---- reading and writing ---- */

/* A plain number, or what Python makes of another; -1.0 with an exception for a stranger. */
static double as_number(PyObject *x, const char *what) {
    double number;
    if (plain_number(x, &number))
        return number;
    PyObject *found = PyObject_CallFunction(engine.number, "Os", x, what);
    number = found ? PyFloat_AsDouble(found) : -1.0;
    Py_XDECREF(found);
    return number;
}

static int refuse_deletion(PyObject *value, const char *name) {
    if (value)
        return 0;
    PyErr_Format(PyExc_AttributeError, "%s of a Value cannot be deleted", name);
    return 1;
}

static PyObject *get_raw_data(PyObject *self, void *unused) {
    return PyFloat_FromDouble(((Node *)self)->data);
}

static int set_number(double *place, PyObject *value, const char *what) {
    if (refuse_deletion(value, what))
        return -1;
    double number = as_number(value, what);
    if (number == -1.0 && PyErr_Occurred())
        return -1;
    *place = number;
    return 0;
}

static int set_raw_data(PyObject *self, PyObject *value, void *unused) {
    int failed = set_number(&((Node *)self)->data, value, "Value.data");
    engine.writes += !failed;
    return failed;
}

static int tell(PyObject *whom, PyObject *self) {
    PyObject *told = PyObject_CallOneArg(whom, self);
    Py_XDECREF(told);
    return told ? 0 : -1;
}

static PyObject *get_data(PyObject *self, void *unused) {
    if (WATCHED() && tell(engine.tell_of_reading, self))
        return NULL;
    return PyFloat_FromDouble(((Node *)self)->data);
}

static int set_data(PyObject *self, PyObject *value, void *unused) {
    if (WATCHED() && tell(engine.tell_of_writing, self))
        return -1;
    return set_raw_data(self, value, unused);
}

static PyObject *get_grad(PyObject *self, void *unused) {
    Node *v = (Node *)self;
    return v->flags & NO_CONTRIBUTION ? Py_NewRef(engine.nothing) : PyFloat_FromDouble(v->grad);
}

static int set_grad(PyObject *self, PyObject *value, void *unused) {
    Node *v = (Node *)self;
    if (set_number(&v->grad, value, "Value.grad"))
        return -1;
    v->flags = (uint8_t)(value == engine.nothing ? v->flags | NO_CONTRIBUTION : v->flags & ~NO_CONTRIBUTION);
    return 0;
}

static PyObject *get_name(PyObject *self, void *unused) {
    PyObject *name = ((Node *)self)->name;
    return Py_NewRef(name ? name : Py_None);
}

static int set_name(PyObject *self, PyObject *value, void *unused) {
    PyObject *name;
    if (refuse_deletion(value, "Value.name"))
        return -1;
    if (value == Py_None || PyUnicode_CheckExact(value))
        name = Py_NewRef(value);
    else if (!(name = PyObject_CallOneArg(engine.checked_name, value)))
        return -1;
    if (name == Py_None)
        Py_CLEAR(name);
    else if (!PyUnicode_CheckExact(name)) {
        Py_DECREF(name);
        PyErr_SetString(PyExc_TypeError, "expected a str as the checked name");
        return -1;
    }
    Py_XSETREF(((Node *)self)->name, name);
    return 0;
}

static PyObject *get_op(PyObject *self, void *unused) {
    return Py_NewRef(PyList_GET_ITEM(engine.names, ((Node *)self)->op));
}

/* The code of an operation's name, a new one if it is not known; -1 with an exception. */
int code_of(PyObject *name) {
    PyObject *found = PyDict_GetItemWithError(engine.codes, name);
    if (found)
        return (int)PyLong_AsLong(found);
    if (PyErr_Occurred())
        return -1;
    Py_ssize_t code = PyList_GET_SIZE(engine.names);
    if (!PyUnicode_CheckExact(name) || code > UINT16_MAX) {
        PyErr_Format(PyExc_ValueError, "expected the name of an operation, got %R", name);
        return -1;
    }
    PyObject *number = PyLong_FromSsize_t(code);
    if (!number)
        return -1;
    Py_INCREF(name);
    PyUnicode_InternInPlace(&name);
    int failed = PyList_Append(engine.names, name);
    if (!failed && (failed = PyDict_SetItem(engine.codes, name, number)))
        PyList_SetSlice(engine.names, code, code + 1, NULL);
    Py_DECREF(number);
    Py_DECREF(name);
    return failed ? -1 : (int)code;
}

static int set_op(PyObject *self, PyObject *value, void *unused) {
    if (refuse_deletion(value, "Value.op"))
        return -1;
    int code = code_of(value);
    if (code < 0)
        return -1;
    ((Node *)self)->op = (uint16_t)code;
    return 0;
}

static PyObject *get_parents(PyObject *self, void *unused) {
    Node *v = (Node *)self;
    Py_ssize_t n = parent_count(v);
    PyObject *result = PyTuple_New(n);
    for (Py_ssize_t i = 0; result && i < n; i++)
        PyTuple_SET_ITEM(result, i, Py_NewRef((PyObject *)parents_of(v)[i]));
    return result;
}

static int say_that_parents_are_fixed(void) {
    PyErr_SetString(PyExc_AttributeError, "the parents of a Value are fixed when it is made");
    return -1;
}

/* The parents of a node that `new` made, which are given once, before anything else has seen it: so there is no cycle. */
static int set_parents(PyObject *self, PyObject *value, void *unused) {
    Node *v = (Node *)self;
    if (!(v->flags & FRESH) || !value || !PyTuple_Check(value))
        return say_that_parents_are_fixed();
    Py_ssize_t n = PyTuple_GET_SIZE(value);
    for (Py_ssize_t i = 0; i < n; i++)
        if (!IS_VALUE(PyTuple_GET_ITEM(value, i))) {
            PyErr_Format(PyExc_TypeError, "expected Values as the parents, got %R", PyTuple_GET_ITEM(value, i));
            return -1;
        }
    if (!make_room(v, n))
        return -1;
    v->flags &= (uint8_t)~FRESH;
    Node **places = v->count == MANY ? v->many->parents : v->parents;
    for (Py_ssize_t i = 0; i < n; i++)
        places[i] = (Node *)Py_NewRef(PyTuple_GET_ITEM(value, i));
    return 0;
}

static PyObject *get_slopes(PyObject *self, void *unused) {
    Node *v = (Node *)self;
    Py_ssize_t n = parent_count(v);
    PyObject *result = PyTuple_New(n);
    for (Py_ssize_t i = 0; result && i < n; i++) {
        PyObject *slope = is_blocked(v, i) ? Py_NewRef(Py_None) : PyFloat_FromDouble(slope_of(v, i));
        if (slope)
            PyTuple_SET_ITEM(result, i, slope);
        else
            Py_CLEAR(result);
    }
    return result;
}

/* Write slope i; -1 with an exception for what is neither a float nor None. */
static int set_slope(Node *v, Py_ssize_t i, PyObject *slope) {
    int blocked = slope == Py_None;
    double number = blocked ? 0.0 : PyFloat_AsDouble(slope);
    if (number == -1.0 && PyErr_Occurred())
        return -1;
    if (v->count == MANY) {
        v->many->slopes[i] = number;
        v->many->blocked[i] = (unsigned char)blocked;
    } else {
        v->slopes[i] = number;
        v->flags = (uint8_t)((v->flags & ~(1 << i)) | blocked << i);
    }
    return 0;
}

static int set_slopes(PyObject *self, PyObject *value, void *unused) {
    Node *v = (Node *)self;
    Py_ssize_t n = parent_count(v);
    if (!value || !PyTuple_Check(value) || PyTuple_GET_SIZE(value) != n) {
        PyErr_Format(PyExc_ValueError, "Value.slopes: expected a tuple of %zd floats or None, one for each parent", n);
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        if (set_slope(v, i, PyTuple_GET_ITEM(value, i)))
            return -1;
    return 0;
}

static PyGetSetDef attributes[] = {
    {"data", get_data, set_data, "The number. Writing it does not touch the slopes of graphs already built.", NULL},
    {"grad", get_grad, set_grad,
     "The gradient of the root of the last backward pass with respect to this value, added up over passes.", NULL},
    {"name", get_name, set_name, "What drawings, steps and messages call it.", NULL},
    {"op", get_op, set_op, "The operation that made it, or \"input\", or \"constant\".", NULL},
    {"parents", get_parents, set_parents, "What it was made from, in order.", NULL},
    {"slopes", get_slopes, set_slopes, "One local derivative for each parent; None where no gradient flows.", NULL},
    {"_data", get_raw_data, set_raw_data, NULL, NULL},
    {"_grad", get_grad, set_grad, NULL, NULL},
    {"_name", get_name, set_name, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* ---- the type ---- */

static PyObject *value_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
    if (type == engine.type)
        return (PyObject *)new_leaf(OP_INPUT, 0.0);
    Node *v = (Node *)type->tp_alloc(type, 0);
    if (v)
        v->op = OP_INPUT;
    return (PyObject *)v;
}

static int value_init(PyObject *self, PyObject *args, PyObject *keywords) {
    static char *names[] = {"data", "name", "label", NULL};
    PyObject *data, *name = Py_None, *label = Py_None;
    Node *v = (Node *)self;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O|O$O:Value", names, &data, &name, &label))
        return -1;
    int is_labelled = PyObject_IsTrue(label);
    if (is_labelled < 0)
        return -1;
    if (name == Py_None && is_labelled)
        name = label;
    double number = as_number(data, "Value");
    if ((number == -1.0 && PyErr_Occurred()) || (v->count && say_that_parents_are_fixed()) || set_name(self, name, NULL))
        return -1;
    v->data = number;
    engine.writes++;
    v->grad = 0.0;
    v->op = OP_INPUT;
    v->flags = 0;
    return 0;
}

/* Value(2.0), without the detours that a call of a class takes. */
static PyObject *value_call(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *keywords) {
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    double number;
    if (n == 1 && !keywords && (PyTypeObject *)type == engine.type && plain_number(args[0], &number))
        return (PyObject *)new_leaf(OP_INPUT, number);
    PyObject *positional = PyTuple_New(n), *named = NULL, *self = NULL;
    for (Py_ssize_t i = 0; positional && i < n; i++)
        PyTuple_SET_ITEM(positional, i, Py_NewRef(args[i]));
    if (positional && keywords && (named = PyDict_New()))
        for (Py_ssize_t i = 0; named && i < PyTuple_GET_SIZE(keywords); i++)
            if (PyDict_SetItem(named, PyTuple_GET_ITEM(keywords, i), args[n + i]))
                Py_CLEAR(named);
    if (positional && (named || !keywords) && (self = value_new((PyTypeObject *)type, positional, named)) &&
        Py_TYPE(self)->tp_init(self, positional, named))
        Py_CLEAR(self);
    Py_XDECREF(positional);
    Py_XDECREF(named);
    return self;
}

static PyMethodDef methods[] = {
    {"backward", (PyCFunction)(void (*)(void))value_backward, METH_FASTCALL | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};

/* Set an attribute; of one that a Value does not have, the error says what to do. */
static int value_set(PyObject *self, PyObject *name, PyObject *item) {
    if (!PyObject_GenericSetAttr(self, name, item))
        return 0;
    if (PyErr_ExceptionMatches(PyExc_AttributeError) && !_PyType_Lookup(Py_TYPE(self), name)) {
        PyErr_Clear();
        Py_XDECREF(PyObject_CallMethod(self, "_refuse", "O", name));
    }
    return -1;
}

int make_type(PyObject *module) {
    PyType_Slot slots[64] = {
        {Py_tp_dealloc, value_dealloc}, {Py_tp_new, value_new},     {Py_tp_init, value_init},
        {Py_tp_getset, attributes},     {Py_tp_methods, methods},   {Py_tp_setattro, value_set},
    };
    int at = 6;
    for (PyType_Slot *slot = arithmetic_slots; slot->slot; slot++)
        slots[at++] = *slot;
    slots[at].slot = 0;
    PyType_Spec spec = {"autodiff.value.Value", sizeof(Node), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
    engine.type = (PyTypeObject *)PyType_FromSpec(&spec);
    if (!engine.type)
        return -1;
    engine.type->tp_vectorcall = value_call;
    engine.type->tp_name = "Value"; /* as Python's own sentences call a class that was written in Python */
    return PyModule_AddObjectRef(module, "Value", (PyObject *)engine.type);
}

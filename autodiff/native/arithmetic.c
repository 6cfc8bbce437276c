/* The operators: of Values and plain numbers here, of anything else as the Python class does it. */

#include "node.h"

/* A float, or a subclass of it that is written in C, as numpy.float64 is: of any other, Python must be asked. */
static inline int is_float(PyObject *x) {
    return PyFloat_CheckExact(x) || (PyFloat_Check(x) && !PyType_HasFeature(Py_TYPE(x), Py_TPFLAGS_HEAPTYPE));
}

/* Whether x is an int, float or bool that a float can hold, and that float. */
int plain_number(PyObject *x, double *number) {
    if (is_float(x)) {
        *number = PyFloat_AS_DOUBLE(x);
        return 1;
    }
    if (!PyLong_CheckExact(x) && !PyBool_Check(x))
        return 0;
    *number = PyLong_AsDouble(x);
    if (*number == -1.0 && PyErr_Occurred()) {
        PyErr_Clear();
        return 0;
    }
    return 1;
}

/* What the method of the Python class makes of an operand that is no plain number: a node, or the sentence. */
static PyObject *ask_python(int code, int reflected, PyObject *self, PyObject *other) {
    PyObject *key = Py_BuildValue("(Oi)", PyList_GET_ITEM(engine.names, code), reflected);
    PyObject *method = key ? PyDict_GetItemWithError(engine.methods, key) : NULL, *result = NULL;
    if (method)
        result = PyObject_CallFunctionObjArgs(method, self, other, NULL);
    else if (!PyErr_Occurred())
        PyErr_SetObject(PyExc_KeyError, key);
    Py_XDECREF(key);
    return result;
}

static inline PyObject *record_binary(int code, Node *left, Node *right, int is_left_fixed, int is_right_fixed) {
    double a = left->data, b = right->data, y = value2(code, a, b), to_left = 0.0, to_right = 0.0;
    int left_blocked = is_left_fixed, right_blocked = is_right_fixed;
    if (!is_left_fixed)
        to_left = slope2(code, 0, a, b, y, &left_blocked);
    if (!is_right_fixed)
        to_right = slope2(code, 1, a, b, y, &right_blocked);
    int flags = (left_blocked ? BLOCKED_FIRST : 0) | (right_blocked ? BLOCKED_SECOND : 0);
    return watched(new_binary(code, y, left, right, to_left, to_right, flags));
}

static inline PyObject *binary(int code, PyObject *left, PyObject *right) {
    double number;
    int is_left = IS_VALUE(left), is_right = IS_VALUE(right);
    if (is_left && is_right)
        return record_binary(code, (Node *)left, (Node *)right, 0, 0);
    if (!is_left && !is_right)
        Py_RETURN_NOTIMPLEMENTED;
    if (!plain_number(is_left ? right : left, &number))
        return is_left ? ask_python(code, 0, left, right) : ask_python(code, 1, right, left);
    Node *constant = new_leaf(OP_CONSTANT, number);
    if (!constant)
        return NULL;
    PyObject *result = is_left ? record_binary(code, (Node *)left, constant, 0, 1)
                               : record_binary(code, constant, (Node *)right, 1, 0);
    Py_DECREF(constant);
    return result;
}

PyObject *record_unary(int code, Node *x) {
    double y = value1(code, x->data);
    int blocked = 0;
    double slope = slope1(code, 0, x->data, y, &blocked);
    return watched(new_unary(code, y, x, slope, blocked));
}

static inline PyObject *unary(int code, PyObject *x) {
    if (!IS_VALUE(x))
        Py_RETURN_NOTIMPLEMENTED;
    return record_unary(code, (Node *)x);
}

#define BINARY(NAME, CODE) static PyObject *NAME(PyObject *left, PyObject *right) { return binary(CODE, left, right); }
#define UNARY(NAME, CODE) static PyObject *NAME(PyObject *x) { return unary(CODE, x); }

BINARY(add, OP_ADD)
BINARY(subtract, OP_SUB)
BINARY(multiply, OP_MUL)
BINARY(divide_by, OP_DIV)
BINARY(take_remainder, OP_REMAINDER)
UNARY(positive, OP_POS)
UNARY(negative, OP_NEG)
UNARY(absolute, OP_ABS)

static PyObject *raise(PyObject *base, PyObject *exponent, PyObject *modulus) {
    if (modulus != Py_None) {
        PyErr_SetString(PyExc_TypeError, "pow: expected two operands, got three");
        return NULL;
    }
    return binary(OP_POW, base, exponent);
}

static const char *const COMPARISONS[] = {
    [Py_LT] = "__lt__", [Py_LE] = "__le__", [Py_EQ] = "", [Py_NE] = "", [Py_GT] = "__gt__", [Py_GE] = "__ge__",
};

/* Equality is identity; the order is that of the numbers. */
static PyObject *compare(PyObject *self, PyObject *other, int how) {
    double right;
    if (how == Py_EQ || how == Py_NE)
        Py_RETURN_NOTIMPLEMENTED;
    if (WATCHED() || !IS_VALUE(self) || !(IS_VALUE(other) || plain_number(other, &right)))
        return PyObject_CallFunction(engine.compare, "sOO", COMPARISONS[how], self, other);
    if (IS_VALUE(other))
        right = ((Node *)other)->data;
    double left = ((Node *)self)->data;
    return PyBool_FromLong(how == Py_LT ? left < right : how == Py_LE ? left <= right : how == Py_GT ? left > right
                                                                                                       : left >= right);
}

static Py_hash_t hash(PyObject *self) {
    return PyBaseObject_Type.tp_hash(self); /* of the identity */
}

PyType_Slot arithmetic_slots[] = {
    {Py_nb_add, add},
    {Py_nb_subtract, subtract},
    {Py_nb_multiply, multiply},
    {Py_nb_true_divide, divide_by},
    {Py_nb_remainder, take_remainder},
    {Py_nb_power, raise},
    {Py_nb_positive, positive},
    {Py_nb_negative, negative},
    {Py_nb_absolute, absolute},
    {Py_tp_richcompare, compare},
    {Py_tp_hash, hash},
    {0, NULL},
};

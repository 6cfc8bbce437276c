/* `Interpreter`: a tape, ready to run. See steps.h for what a tape is here. */

#define PY_SSIZE_T_CLEAN
#include "interpreter.h"

#include "steps.h"

enum { MOST_ROWS = 64, LONG_RUN = 20000 }; /* operations times rows: from there on other threads run beside it */

static const Py_ssize_t CACHE = 1 << 19; /* bytes of registers and gradients that stay near the processor */

typedef struct {
    PyObject_HEAD
    Steps tape;
    Step *steps;
    int32_t *operands, *outputs, *guards, *order;
    uint8_t *wanted, *answers;
    double *constants;
    Py_ssize_t inputs, arguments, constants_count, registers, outputs_count, guards_count;
    void *spare; /* memory for a run of one row, unless a run has it */
} Interpreter;

static void interpreter_dealloc(Interpreter *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyMem_Free(self->steps);
    PyMem_Free(self->operands);
    PyMem_Free(self->outputs);
    PyMem_Free(self->guards);
    PyMem_Free(self->order);
    PyMem_Free(self->wanted);
    PyMem_Free(self->answers);
    PyMem_Free(self->constants);
    PyMem_RawFree(self->spare);
    type->tp_free(self);
    Py_DECREF(type);
}

/* Making one */

/* A copy of a buffer's content, and how many items of that size it has. */
static void *copied(PyObject *source, size_t item, Py_ssize_t *count) {
    Py_buffer view;
    if (PyObject_GetBuffer(source, &view, PyBUF_C_CONTIGUOUS))
        return NULL;
    void *copy = PyMem_Malloc((size_t)view.len + 1);
    if (!copy)
        PyErr_NoMemory();
    else {
        memcpy(copy, view.buf, (size_t)view.len);
        *count = view.len / (Py_ssize_t)item;
    }
    PyBuffer_Release(&view);
    return copy;
}

static int refuse(const char *what, Py_ssize_t at) {
    PyErr_Format(PyExc_ValueError, "Interpreter: %s, at %zd", what, at);
    return -1;
}

/* Read the operation at i, whose operands are those from `start` to `end`. */
static int read_step(Interpreter *self, Py_ssize_t i, int code, Py_ssize_t start, Py_ssize_t end) {
    Step *step = self->steps + i;
    Py_ssize_t n = end - start, at = self->tape.base + i;
    int arity = code < 0 || code >= CODES ? 0 : code < OPERATIONS ? autodiff_arity[code] : 2;
    if (code < 0 || code >= CODES)
        return refuse("expected the code of an operation", i);
    if (arity < 0 ? n < 1 : n != arity)
        return refuse("expected as many operands as the operation takes", i);
    step->code = (int16_t)code;
    step->arity = (uint8_t)(arity < 0 ? 0 : arity);
    step->needed = 0;
    step->a = step->b = step->c = 0;
    for (Py_ssize_t k = start; k < end; k++) {
        if (self->operands[k] < 0 || self->operands[k] >= at)
            return refuse("expected operands that come before the operation", i);
        if (code < OPERATIONS && self->wanted[self->operands[k]])
            step->needed |= (uint8_t)(1 << (k - start < 3 ? k - start : 0));
    }
    if (arity < 0) {
        step->a = (int32_t)start;
        step->b = (int32_t)n;
        if (n > self->tape.longest)
            self->tape.longest = n;
    } else {
        step->a = n > 0 ? self->operands[start] : 0;
        step->b = n > 1 ? self->operands[start + 1] : 0;
        step->c = n > 2 ? self->operands[start + 2] : 0;
    }
    self->wanted[at] = step->needed != 0;
    return 0;
}

static int read_steps(Interpreter *self, const int32_t *codes, const int32_t *starts, Py_ssize_t edges) {
    for (Py_ssize_t i = 0; i < self->tape.size; i++)
        if (starts[i] < 0 || starts[i] > starts[i + 1] || starts[i + 1] > edges)
            return refuse("expected starts in order", i);
        else if (read_step(self, i, codes[i], starts[i], starts[i + 1]))
            return -1;
    for (Py_ssize_t i = 0; i < self->outputs_count; i++)
        if (self->outputs[i] < 0 || self->outputs[i] >= self->registers)
            return refuse("expected an output that is a register", i);
    for (Py_ssize_t i = 0; i < self->guards_count; i++)
        if (self->guards[i] < 0 || self->guards[i] >= self->registers)
            return refuse("expected a guard that is a register", i);
    for (Py_ssize_t i = 0; i < self->tape.ordered; i++)
        if (self->order[i] < 0 || self->order[i] >= self->tape.size)
            return refuse("expected an order of operations", i);
    return 0;
}

static int fill(Interpreter *self, PyObject *args) {
    PyObject *codes_from, *starts_from, *operands_from, *constants_from, *outputs_from, *guards_from, *answers_from, *order_from;
    Py_ssize_t sizes[3] = {0, 0, 0}, edges = 0, answers = 0;
    if (!PyArg_ParseTuple(args, "OOOnnOOOOO", &codes_from, &starts_from, &operands_from, &self->inputs, &self->arguments,
                          &constants_from, &outputs_from, &guards_from, &answers_from, &order_from))
        return -1;
    int32_t *codes = copied(codes_from, sizeof(int32_t), &sizes[0]);
    int32_t *starts = codes ? copied(starts_from, sizeof(int32_t), &sizes[1]) : NULL;
    int status = -1;
    if (!starts || !(self->operands = copied(operands_from, sizeof(int32_t), &edges)) ||
        !(self->constants = copied(constants_from, sizeof(double), &self->constants_count)) ||
        !(self->outputs = copied(outputs_from, sizeof(int32_t), &self->outputs_count)) ||
        !(self->guards = copied(guards_from, sizeof(int32_t), &self->guards_count)) ||
        !(self->answers = copied(answers_from, 1, &answers)) ||
        !(self->order = copied(order_from, sizeof(int32_t), &self->tape.ordered)))
        goto done;
    if (sizes[1] != sizes[0] + 1 || answers != self->guards_count || self->arguments < 0 ||
        self->arguments > self->inputs || self->inputs > INT32_MAX - self->constants_count - sizes[0]) {
        refuse("expected a start for each operation, an answer for each guard, and arguments that are inputs", 0);
        goto done;
    }
    self->tape.size = sizes[0];
    self->tape.base = self->inputs + self->constants_count;
    self->registers = self->tape.base + self->tape.size;
    self->steps = PyMem_Malloc((size_t)(self->tape.size + 1) * sizeof(Step));
    self->wanted = PyMem_Calloc((size_t)self->registers + 1, 1);
    if (!self->steps || !self->wanted) {
        PyErr_NoMemory();
        goto done;
    }
    memset(self->wanted, 1, (size_t)self->arguments);
    status = read_steps(self, codes, starts, edges);
    self->tape.steps = self->steps;
    self->tape.operands = self->operands;
    self->tape.wanted = self->wanted;
    self->tape.order = self->order;
done:
    PyMem_Free(codes);
    PyMem_Free(starts);
    return status;
}

static PyObject *interpreter_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    if (named && PyDict_GET_SIZE(named)) {
        PyErr_SetString(PyExc_TypeError, "Interpreter: expected its arguments by position");
        return NULL;
    }
    Interpreter *self = (Interpreter *)type->tp_alloc(type, 0);
    if (self && fill(self, args))
        Py_CLEAR(self);
    return (PyObject *)self;
}

/* Memory of a run: registers, then gradients, then scratch, then the bytes. */

typedef struct {
    double *registers, *scratch;
    Adjoints adjoints;
} Memory;

static size_t bytes_of(const Interpreter *self, Py_ssize_t rows) {
    size_t count = (size_t)self->registers * (size_t)rows;
    return (2 * count + 3 * (size_t)self->tape.longest + 8) * sizeof(double) + count + (size_t)self->registers;
}

static Memory laid_out(const Interpreter *self, void *memory, Py_ssize_t rows) {
    size_t count = (size_t)self->registers * (size_t)rows;
    double *numbers = memory;
    uint8_t *bytes = (uint8_t *)(numbers + 2 * count + 3 * self->tape.longest + 8);
    Memory m = {numbers, numbers + 2 * count, {numbers + count, bytes + count, bytes}};
    for (Py_ssize_t i = 0; i < self->constants_count; i++)
        for (Py_ssize_t r = 0; r < rows; r++)
            m.registers[(self->inputs + i) * rows + r] = self->constants[i];
    return m;
}

static void start_backward(const Interpreter *self, const Memory *m, Py_ssize_t rows) {
    size_t count = (size_t)self->registers * (size_t)rows;
    memset(m->adjoints.gradients, 0, count * sizeof(double));
    memset(m->adjoints.state, UNREACHED, (size_t)self->registers);
    memset(m->adjoints.rows_reached, 0, count);
    for (Py_ssize_t r = 0; r < rows; r++)
        m->adjoints.gradients[self->outputs[0] * rows + r] = 1.0;
    m->adjoints.state[self->outputs[0]] = REACHED;
}

/* One row */

static int held(const Interpreter *self, const double *registers, Py_ssize_t rows, Py_ssize_t row) {
    for (Py_ssize_t i = 0; i < self->guards_count; i++)
        if ((registers[self->guards[i] * rows + row] != 0.0) != self->answers[i])
            return 0;
    return 1;
}

static int read_inputs(Interpreter *self, double *registers, PyObject *const *args, Py_ssize_t count) {
    if (count != self->inputs) {
        PyErr_Format(PyExc_TypeError, "expected %zd numbers, got %zd", self->inputs, count);
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        registers[i] = PyFloat_AsDouble(args[i]);
        if (registers[i] == -1.0 && PyErr_Occurred())
            return -1;
    }
    return 0;
}

/* The outputs, the gradients if they are asked for, and, where there are guards, whether they held. */
static PyObject *results(const Interpreter *self, const Memory *m, int backward) {
    Py_ssize_t extra = backward ? self->arguments : 0, guarded = self->guards_count > 0, k = 0;
    PyObject *found = PyTuple_New(self->outputs_count + extra + guarded);
    for (Py_ssize_t i = 0; found && i < self->outputs_count + extra; i++) {
        double x = i < self->outputs_count ? m->registers[self->outputs[i]] : m->adjoints.gradients[i - self->outputs_count];
        PyObject *number = PyFloat_FromDouble(x);
        if (number)
            PyTuple_SET_ITEM(found, k++, number);
        else
            Py_CLEAR(found);
    }
    if (found && guarded)
        PyTuple_SET_ITEM(found, k, PyBool_FromLong(held(self, m->registers, 1, 0)));
    return found;
}

static PyObject *run_once(Interpreter *self, PyObject *const *args, Py_ssize_t count, int backward) {
    PyObject *found = NULL;
    void *memory = self->spare;
    self->spare = NULL;
    if (!memory && !(memory = PyMem_RawMalloc(bytes_of(self, 1))))
        return PyErr_NoMemory();
    Memory m = laid_out(self, memory, 1);
    if (!read_inputs(self, m.registers, args, count)) {
        PyThreadState *others = self->tape.size > LONG_RUN ? PyEval_SaveThread() : NULL;
        run_forward_once(&self->tape, m.registers, m.scratch);
        if (backward) {
            start_backward(self, &m, 1);
            run_backward_once(&self->tape, m.registers, &m.adjoints, m.scratch);
        }
        if (others)
            PyEval_RestoreThread(others);
        found = results(self, &m, backward);
    }
    if (self->spare)
        PyMem_RawFree(memory);
    else
        self->spare = memory;
    return found;
}

static PyObject *interpreter_value(Interpreter *self, PyObject *const *args, Py_ssize_t count) {
    return run_once(self, args, count, 0);
}

static int has_one_output(const Interpreter *self) {
    if (self->outputs_count != 1)
        PyErr_Format(PyExc_ValueError, "value_and_grad: expected one output, got %zd", self->outputs_count);
    return self->outputs_count == 1;
}

static PyObject *interpreter_value_and_grad(Interpreter *self, PyObject *const *args, Py_ssize_t count) {
    return has_one_output(self) ? run_once(self, args, count, 1) : NULL;
}

/* Many rows */

/* An input or a result of a run of many rows: a number, or a number for each row. */
typedef struct {
    Py_buffer view;
    double *data;
    int many;
} Column;

static void release(Column *columns, Py_ssize_t count) {
    for (Py_ssize_t i = 0; columns && i < count; i++)
        if (columns[i].data)
            PyBuffer_Release(&columns[i].view);
    PyMem_Free(columns);
}

/* Vectors of doubles from a tuple, of `rows` numbers or, unless all must be long, of one. */
static Column *columns_of(PyObject *tuple, Py_ssize_t count, Py_ssize_t rows, int writable) {
    if (!PyTuple_Check(tuple) || PyTuple_GET_SIZE(tuple) != count) {
        PyErr_Format(PyExc_TypeError, "expected a tuple of %zd vectors", count);
        return NULL;
    }
    Column *columns = PyMem_Calloc((size_t)count + 1, sizeof(Column));
    if (!columns)
        return (Column *)PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++) {
        Column *c = columns + i;
        int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0);
        if (PyObject_GetBuffer(PyTuple_GET_ITEM(tuple, i), &c->view, flags)) {
            release(columns, count);
            return NULL;
        }
        c->data = c->view.buf;
        c->many = c->view.len != sizeof(double) || rows == 1;
        if (strcmp(c->view.format, "d") || (c->many && c->view.len != rows * (Py_ssize_t)sizeof(double))) {
            PyErr_Format(PyExc_ValueError, "expected vectors of 1 or %zd float64 numbers", rows);
            release(columns, count);
            return NULL;
        }
    }
    return columns;
}

/* Add to a sum, keeping what rounding loses. */
static void add_compensated(double *sum, double *lost, double x) {
    double before = *sum, after = before + x;
    *lost += fabs(before) >= fabs(x) ? before - after + x : x - after + before;
    *sum = after;
}

static void load(const Interpreter *self, const Memory *m, const Column *inputs, Py_ssize_t start, Py_ssize_t rows,
                 Py_ssize_t filled) {
    for (Py_ssize_t i = 0; i < self->inputs; i++)
        for (Py_ssize_t r = 0; r < rows; r++) /* rows beyond the last repeat it */
            m->registers[i * rows + r] = inputs[i].data[inputs[i].many ? start + (r < filled ? r : filled - 1) : 0];
}

static void store(const Interpreter *self, const Memory *m, const Column *results, double *lost, uint8_t *all_held,
                  Py_ssize_t start, Py_ssize_t rows, Py_ssize_t filled, int backward) {
    for (Py_ssize_t i = 0; i < self->outputs_count; i++)
        memcpy(results[i].data + start, m->registers + self->outputs[i] * rows, (size_t)filled * sizeof(double));
    for (Py_ssize_t i = 0; backward && i < self->arguments; i++) {
        const Column *c = results + self->outputs_count + i;
        const double *gradient = m->adjoints.gradients + i * rows;
        if (c->many)
            memcpy(c->data + start, gradient, (size_t)filled * sizeof(double));
        else
            for (Py_ssize_t r = 0; r < filled; r++)
                add_compensated(c->data, lost + i, gradient[r]);
    }
    for (Py_ssize_t r = 0; all_held && r < filled; r++)
        all_held[start + r] = (uint8_t)held(self, m->registers, rows, r);
}

static Py_ssize_t rows_of_block(const Interpreter *self, Py_ssize_t rows) {
    Py_ssize_t fit = CACHE / (2 * (Py_ssize_t)sizeof(double) * (self->registers + 1)) / 8 * 8;
    Py_ssize_t most = (rows + 7) / 8 * 8;
    fit = fit < 8 ? 8 : fit > MOST_ROWS ? MOST_ROWS : fit;
    return fit < most ? fit : most;
}

static void run_blocks(const Interpreter *self, const Memory *m, const Column *inputs, const Column *results,
                       double *lost, uint8_t *all_held, Py_ssize_t total, Py_ssize_t rows, int backward) {
    for (Py_ssize_t start = 0; start < total; start += rows) {
        Py_ssize_t filled = total - start < rows ? total - start : rows;
        load(self, m, inputs, start, rows, filled);
        run_forward(&self->tape, m->registers, rows, m->scratch);
        if (backward) {
            start_backward(self, m, rows);
            run_backward(&self->tape, m->registers, &m->adjoints, rows, m->scratch);
        }
        store(self, m, results, lost, all_held, start, rows, filled, backward);
    }
    for (Py_ssize_t i = 0; backward && i < self->arguments; i++)
        if (!results[self->outputs_count + i].many && isfinite(lost[i]))
            *results[self->outputs_count + i].data += lost[i];
}

PyDoc_STRVAR(rows_doc, "rows(rows, inputs, results, held, backward)\n--\n\nRun on many rows: each input is a vector of float64 "
             "numbers, or of one for all rows; results are\nfilled, an argument's gradient of one number with the sum.");

static PyObject *interpreter_rows(Interpreter *self, PyObject *args) {
    PyObject *from, *to, *answers;
    Py_ssize_t total;
    int backward;
    if (!PyArg_ParseTuple(args, "nOOOp", &total, &from, &to, &answers, &backward) || (backward && !has_one_output(self)))
        return NULL;
    if (total < 0 || total > PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(double))
        return PyErr_Format(PyExc_ValueError, "rows: expected how many rows there are, got %zd", total);
    Py_ssize_t count = self->outputs_count + (backward ? self->arguments : 0), rows = rows_of_block(self, total);
    Py_buffer flags = {0};
    Column *inputs = columns_of(from, self->inputs, total, 0);
    Column *results = inputs ? columns_of(to, count, total, 1) : NULL;
    void *memory = results ? PyMem_RawMalloc(bytes_of(self, rows)) : NULL;
    double *lost = memory ? PyMem_RawCalloc((size_t)self->arguments + 1, sizeof(double)) : NULL;
    int ready = lost != NULL;
    if (results && !lost)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; ready && i < self->outputs_count; i++)
        if (!results[i].many) {
            PyErr_SetString(PyExc_ValueError, "expected an output for each row");
            ready = 0;
        }
    if (ready && answers != Py_None && PyObject_GetBuffer(answers, &flags, PyBUF_C_CONTIGUOUS | PyBUF_WRITABLE))
        ready = 0;
    if (ready && flags.buf && flags.len != total) {
        PyErr_SetString(PyExc_ValueError, "expected a byte for each row");
        ready = 0;
    }
    if (ready) {
        Memory m = laid_out(self, memory, rows);
        PyThreadState *others = total > LONG_RUN / (self->tape.size + 1) ? PyEval_SaveThread() : NULL;
        run_blocks(self, &m, inputs, results, lost, flags.buf, total, rows, backward);
        if (others)
            PyEval_RestoreThread(others);
    }
    if (flags.buf)
        PyBuffer_Release(&flags);
    PyMem_RawFree(lost);
    PyMem_RawFree(memory);
    release(results, count);
    release(inputs, self->inputs);
    return ready ? Py_NewRef(Py_None) : NULL;
}

#define FAST(FUNCTION) ((PyCFunction)(void (*)(void))(FUNCTION))

static PyMethodDef methods[] = {
    {"value", FAST(interpreter_value), METH_FASTCALL, "value(*numbers)\n--\n\nThe outputs, and whether all guards held."},
    {"value_and_grad", FAST(interpreter_value_and_grad), METH_FASTCALL,
     "value_and_grad(*numbers)\n--\n\nThe output, its gradient in each argument, and whether all guards held."},
    {"rows", (PyCFunction)interpreter_rows, METH_VARARGS, rows_doc},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(interpreter_doc, "Interpreter(codes, starts, operands, inputs, arguments, constants, outputs, guards, answers, order)\n"
             "--\n\nA tape, ready to run: registers are the inputs, of which the first are the arguments, then the\n"
             "constants, then the operations. Codes and registers are int32, constants float64, answers bytes.\nThe order, int32, is that in which a backward pass meets the operations.");

static PyType_Slot slots[] = {
    {Py_tp_doc, (void *)interpreter_doc}, {Py_tp_new, interpreter_new},   {Py_tp_dealloc, interpreter_dealloc},
    {Py_tp_methods, methods},             {0, NULL},
};

static PyType_Spec spec = {"autodiff._native.Interpreter", sizeof(Interpreter), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, slots};

int make_interpreter_type(PyObject *module) {
    PyObject *type = PyType_FromSpec(&spec);
    PyObject *names = type ? PyTuple_New(OPERATIONS) : NULL;
    for (int code = 0; names && code < OPERATIONS; code++) {
        PyObject *name = PyUnicode_FromString(autodiff_names[code]);
        if (name)
            PyTuple_SET_ITEM(names, code, name);
        else
            Py_CLEAR(names);
    }
    int status = names ? PyModule_AddObjectRef(module, "OPERATIONS", names) : -1;
    if (!status)
        status = PyModule_AddObjectRef(module, "Interpreter", type);
    Py_XDECREF(names);
    Py_XDECREF(type);
    return status;
}
